/** What must hold of every plan: tensors lie where their block does, and blocks that must keep their content at one time are apart. */
import { meetings } from "../program/meetings.ts";
import type { Held } from "../program/meetings.ts";
import { callsOf } from "../program/steps.ts";
import type { Block } from "./lives.ts";
import type { Plan } from "./plan.ts";

/** Sentences of what was expected and what was found; empty for a sound plan. */
export function verifyPlan(plan: Plan): readonly string[] {
  const { buffers, blocks } = plan;
  const offsets = new Map<Block, number>();
  const held: Held[] = [];
  const problems: string[] = [];
  const livesOf = onOneLine(plan);
  for (const [position, { name, offset, bytes, slice }] of buffers.entries()) {
    if (slice !== undefined) continue;
    const block = blocks[position];
    const distance = block.tensors.get(name) ?? NaN;
    const start = offsets.get(block) ?? offset - distance;
    if (start + distance !== offset) problems.push(`expected ${name} at ${start + distance}, found it at ${offset}`);
    if (distance + bytes > block.bytes)
      problems.push(`expected ${name} to end within the ${block.bytes} bytes of its block, found ${distance + bytes}`);
    if (offsets.has(block)) continue;
    offsets.set(block, start);
    held.push(...livesOf(block).map((life) => ({ name, offset: start, bytes: block.bytes, ...life })));
  }
  const pairs = meetings(held).map(([a, b]) => `${a.name} and ${b.name} share bytes while both keep their content`);
  return [...problems, ...pairs];
}

/** When a block keeps its content, the entries one after another on one line of time. */
function onOneLine({ entries }: Plan): (block: Block) => readonly Pick<Held, "from" | "to">[] {
  let end = 0;
  const starts = entries.map(({ steps }) => {
    const start = end;
    end += callsOf(steps).length + 1;
    return start;
  });
  return ({ always, lives }) =>
    always
      ? [{ from: 0, to: end }]
      : lives.map(({ entry, from, to }) => ({ from: starts[entry] + from, to: starts[entry] + to }));
}
