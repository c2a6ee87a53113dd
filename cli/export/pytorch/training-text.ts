/** The `train` of an exported network as a script of Python: the same minibatches in the same order, in one process or in several under torchrun. */
import type { HostInput, HostTrain } from "../../../compiler/program/host.ts";

/** What of a train the script must know. */
export function trainingText(train: HostTrain): string {
  return `${constantsText(train)}\n\n\n${stepText}\n\n\n${orderText}\n\n\n${loopText}`;
}

function constantsText({ inputs, batch, epochs, seed, stopEarly, stepsPerEpoch, data }: HostTrain): string {
  const [first] = inputs;
  const rows = first?.shape[0]?.key;
  const weighing = inputs.find(({ weighs = false }) => weighs);
  return [
    "# What a minibatch is made of, in the order in which the losses take it.",
    `INPUTS = [${inputs.map(({ name }) => `"${name}"`).join(", ")}]`,
    `BATCH = ${batch === "all" ? "None  # all rows" : batch}`,
    `EPOCHS = ${epochs}`,
    `SEED = ${seed}`,
    `STOP_EARLY = ${stopEarly ?? "None"}`,
    `STEPS_PER_EPOCH = ${stepsPerEpoch ?? 1}  # where nothing is read`,
    "# The input that says how much each row counts, if one does.",
    `WEIGHS = ${weighing === undefined ? "None" : `"${weighing.name}"`}`,
    "# Whether each row stands for itself, so that several processes may share a minibatch.",
    `ROWS_APART = ${data.reader !== "arrays" && isShareable(inputs, rows) ? "True" : "False"}`,
    "# Whether the arrays are not cut into minibatches at all.",
    `WHOLE = ${data.reader === "arrays" ? "True" : "False"}`,
    "# Whether the train changes its rows anew in every epoch, which this script does not.",
    `AUGMENTS = ${data.settings["augment"] === undefined ? "False" : "True"}`,
  ].join("\n");
}

/** Every input has rows along its first axis, and along no other. */
function isShareable(inputs: readonly HostInput[], rows: string | undefined): boolean {
  if (rows === undefined) return false;
  return inputs.every(
    ({ shape: [first, ...others] }) => first?.key === rows && others.every(({ key }) => key !== rows),
  );
}

const stepText = `class Objective(nn.Module):
    """What a step minimises, in the form that DistributedDataParallel takes."""

    def __init__(self, net, step):
        super().__init__()
        self.net, self.loss = net, f"loss_{step['name']}"

    def forward(self, *batch):
        return getattr(self.net, self.loss)(*batch)


class Trainer:
    """Steps of the train, alone or as one of several processes that share each minibatch."""

    def __init__(self, net):
        self.net = net
        self.shared = torch.distributed.is_available() and torch.distributed.is_initialized()
        self.rank = torch.distributed.get_rank() if self.shared else 0
        self.world = torch.distributed.get_world_size() if self.shared else 1
        if self.world > 1 and not ROWS_APART:
            raise SystemExit("the rows of a minibatch belong together here, so one process must have them all")
        self.objectives = []
        for step in STEPS:
            self.only(step)
            objective = Objective(net, step)
            if self.world > 1:
                on = [net.device.index] if net.device.type == "cuda" else None
                objective = nn.parallel.DistributedDataParallel(objective, device_ids=on)
            self.objectives.append(objective)

    def only(self, step):
        """Of all parameters those that the step moves have gradients."""
        moved = {name for name, _, _ in step["moves"]}
        for name, parameter in self.net.named_parameters():
            parameter.requires_grad_(name in moved)

    def part(self, batch):
        """This process's rows of a minibatch, and how much they count in it."""
        if self.world == 1 or not INPUTS:
            self.net.rows = None
            return batch, 1.0
        rows = len(batch[INPUTS[0]])
        bounds = [rows * rank // self.world for rank in range(self.world + 1)]
        first, last = bounds[self.rank], bounds[self.rank + 1]
        # Who has no row takes part with one that counts nothing.
        own = {name: value[first : max(last, first + 1)] for name, value in batch.items()} if first < rows else {name: value[:1] for name, value in batch.items()}
        self.net.rows = (first, rows)
        if first == last:
            return own, 0.0
        if WEIGHS is None:
            return own, (last - first) / rows
        return own, float(own[WEIGHS].double().sum() / batch[WEIGHS].double().sum())

    def step(self, batch):
        """One turn of all steps over a minibatch, given by the names of its inputs; the losses by the names of the steps."""
        own, share = self.part(batch)
        given = [own[name] for name in INPUTS]
        losses = {}
        for step, objective in zip(STEPS, self.objectives):
            self.only(step)
            self.net.zero_grad(set_to_none=True)
            minimised, loss, states = objective(*given)
            # What is a view of parameters or of other states says what they were.
            states = {name: value.detach().clone() for name, value in states.items()}
            # The processes' gradients are averaged: each counts by its share.
            (minimised * (share * self.world)).backward()
            self.move(step)
            with torch.no_grad():
                for name, value in states.items():
                    variable(self.net, name).copy_(value)
                told = loss.detach() * share
                if self.world > 1:
                    torch.distributed.all_reduce(told)
                losses[step["name"]] = float(told)
        self.net.rows = None
        self.average()
        self.count()
        return losses

    @torch.no_grad()
    def move(self, step):
        gradients = {name: self.net.get_parameter(name).grad for name, _, _ in step["moves"]}
        if step["clip"] is not None:
            gradients = step["clip"](gradients)
        rate = step["rate"](self.net.counters)
        for name, optimizer, states in step["moves"]:
            old = [self.net.get_parameter(name)]
            old += [self.net.optimizer[f"optimizer.{step['name']}.{state}.{name}"] for state in states]
            new = optimizer(old[0], gradients[name], rate, *old[1:], self.net.counters)
            for to, value in zip(old, new):
                to.copy_(value)

    @torch.no_grad()
    def average(self):
        if AVERAGE is not None:
            for name in PARAMETERS:
                mean = variable(self.net, f"average.{name}")
                mean.copy_(AVERAGE * mean + (1 - AVERAGE) * variable(self.net, name))

    def count(self):
        counters = self.net.counters
        counters["step"] += 1
        counters["step_in_epoch"] += 1
        if counters["step_in_epoch"] >= counters["steps_per_epoch"]:
            counters["step_in_epoch"].zero_()
            counters["epoch"] += 1`;

const orderText = `class Words:
    """Random words for the order of an epoch, as nnc draws them."""

    def __init__(self, seed, purpose, index):
        low, high = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
        self.key = [int(word) for word in threefry(low, high, torch.tensor(purpose), index)]
        self.words, self.drawn = [], 0

    def next(self):
        if self.drawn == len(self.words):
            # Many blocks at once: a draw for each row would take long.
            block = torch.arange(len(self.words) // 2, len(self.words) // 2 + 65536)
            self.words += torch.stack(threefry(*self.key, block, 0), 1).flatten().tolist()
        self.drawn += 1
        return self.words[self.drawn - 1]

    def below(self, bound):
        limit = 2**32 - 2**32 % bound
        word = self.next()
        while word >= limit:
            word = self.next()
        return word % bound


def order_of(rows, seed, epoch):
    """In which order an epoch, counted from 1, has the rows (Fisher and Yates, from the end)."""
    order, words = list(range(rows)), Words(seed, 2, epoch)
    for last in range(rows - 1, 0, -1):
        other = words.below(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


def read_arrays(file, part):
    """
    The arrays \`train.image\`, … of a safetensors file: each has a row for each row of the data, as the network takes it. None where there are
    none. They stay in the file until they are used.
    """
    import numpy

    if not os.path.exists(file):
        return None
    with open(file, "rb") as stream:
        (size,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(size).decode("utf-8"))
    arrays = {}
    for name in INPUTS:
        entry = header.get(f"{part}.{name}")
        if entry is None:
            return None
        dtype = {"F32": numpy.float32, "I32": numpy.int32, "BOOL": numpy.bool_}[entry["dtype"]]
        place = 8 + size + entry["data_offsets"][0]
        arrays[name] = numpy.memmap(file, dtype, "r", place, tuple(entry["shape"]))
    return arrays


def rows_of(arrays):
    return 1 if WHOLE else len(arrays[INPUTS[0]])


def minibatches(arrays, size, order, device):
    """A batch after the other, the last with what remains."""
    rows = rows_of(arrays)
    for begin in range(0, rows, size):
        chosen = slice(begin, min(begin + size, rows)) if order is None else order[begin : begin + size]
        yield {
            name: torch.from_numpy((values if WHOLE else values[chosen]).copy()).to(device) for name, values in arrays.items()
        }`;

const loopText = `def train(net, data, out, epochs=EPOCHS, limit=None, tell=print):
    """
    Trains on the arrays of a file, and writes \`parameters.safetensors\` into the folder \`out\` after each epoch.
    \`limit\`: no more steps than these. Goes on where the network's counters are.
    """
    trainer = Trainer(net)
    if trainer.rank != 0:
        tell = lambda *_: None  # noqa: E731
    if AUGMENTS:
        tell("rows are not augmented here, as the train of nnc does: what comes out is another network")
    arrays = read_arrays(data, "train") if INPUTS else {}
    if arrays is None:
        raise SystemExit(f"expected the arrays {', '.join(f'train.{name}' for name in INPUTS)} in {data}")
    holdout = read_arrays(data, "holdout") if INPUTS else None
    rows = rows_of(arrays) if INPUTS else STEPS_PER_EPOCH
    size = rows if BATCH is None else min(BATCH, rows)
    count = -(-rows // size) if INPUTS else STEPS_PER_EPOCH
    net.counters["steps_per_epoch"].fill_(count)
    net.counters["epochs"].fill_(epochs)
    seed = int(net.metadata.get("nnc.seed", SEED))
    best, kept, done = None, None, 0
    while int(net.counters["epoch"]) < epochs and (limit is None or done < limit):
        epoch = int(net.counters["epoch"]) + 1
        skip = int(net.counters["step_in_epoch"])
        order = order_of(rows, seed, epoch) if count > 1 and INPUTS else None
        batches = minibatches(arrays, size, order, net.device) if INPUTS else ({} for _ in range(count))
        total, weight = 0.0, 0.0
        for index, batch in enumerate(batches):
            if index < skip:
                continue
            if limit is not None and done == limit:
                break
            losses = trainer.step(batch)
            done += 1
            tell(f"step {int(net.counters['step'])}  " + "  ".join(f"{name} {loss!r}" for name, loss in losses.items()))
            own = weight_of(batch)
            total += next(iter(losses.values())) * own
            weight += own
        if int(net.counters["epoch"]) < epoch:
            break
        scores = evaluate(net, holdout, size) if holdout is not None else None
        watched = total / weight if scores is None else next(iter(scores.values()))
        tell(f"epoch {epoch}  loss {total / weight:.6g}" + ("" if scores is None else f"  hold-out {scores}"))
        if best is None or watched < best[1]:
            best = (epoch, watched)
            if STOP_EARLY is not None:
                kept = {name: value.detach().clone() for name, value in net.state_dict().items()}
        write(net, out, trainer)
        if STOP_EARLY is not None and epoch - best[0] >= STOP_EARLY:
            break
    if kept is not None:
        net.load_state_dict(kept)
    write(net, out, trainer)


def weight_of(batch):
    """How much a minibatch counts in a mean."""
    if WEIGHS is not None:
        return float(batch[WEIGHS].double().sum())
    return len(batch[INPUTS[0]]) if INPUTS else 1


def write(net, out, trainer):
    if trainer.rank == 0 and out is not None:
        # Means over the epoch that nnc would go on with are not kept: they begin anew.
        means = [name for name in net.metadata if name.startswith("nnc.loss.")]
        net.metadata.update({name: "0" for name in (*means, "nnc.running_loss", "nnc.epoch_loss", "nnc.epoch_weight")})
        os.makedirs(out, exist_ok=True)
        save(net, os.path.join(out, "parameters.safetensors"))


@torch.no_grad()
def evaluate(net, arrays, size):
    """The losses over all rows, each minibatch counted by its rows, or by what says how much they count."""
    was, net.rows = net.rows, None
    totals, weight = {}, 0.0
    for batch in minibatches(arrays, size, None, net.device):
        own = weight_of(batch)
        for name, loss in net.evaluate(*[batch[name] for name in INPUTS]).items():
            totals[name] = totals.get(name, 0.0) + float(loss) * own
        weight += own
    net.rows = was
    return {name: total / weight for name, total in totals.items()}


def main():
    import argparse

    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--params", default=os.path.join(here, "parameters.safetensors"), help="what training begins with")
    parser.add_argument("--data", default=os.path.join(here, "data.safetensors"), help="the arrays train.* and holdout.*")
    parser.add_argument("--out", default="run", help="the folder for parameters.safetensors")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="in all, those that are done included")
    parser.add_argument("--steps", type=int, default=None, help="no more steps than these")
    parser.add_argument("--fresh", action="store_true", help="begins anew, with the parameters that nnc begins with")
    options = parser.parse_args()
    shared = int(os.environ.get("WORLD_SIZE", "1")) > 1
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    if shared:
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    net = Network()
    load(net, options.params)
    if options.fresh:
        initialise(net, wrapped(int(net.metadata.get("nnc.seed", SEED))))
    net.to(device)
    train(net, options.data, options.out, options.epochs, options.steps)
    if shared:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()`;
