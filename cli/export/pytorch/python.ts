/** Python expressions as text: what a value is written as, how tightly that binds, and the names that Python and PyTorch leave free. */

/** How tightly the outermost operator binds, as in Python's grammar. */
export const level = { compare: 4, or: 5, and: 6, add: 8, multiply: 9, unary: 10, power: 11, call: 12 } as const;

export interface Text {
  readonly code: string;
  readonly level: number;
  /** Whether the tensor has all of the value's shape; else it has one that broadcasts to it, or is a number. */
  readonly whole: boolean;
  /** A number of Python, which is no tensor. */
  readonly number: boolean;
}

/** A tensor of the value's own shape. */
export function tensorText(code: string, binds: number = level.call, whole = true): Text {
  return { code, level: binds, whole, number: false };
}

export function numberText(code: string): Text {
  return { code, level: code.startsWith("-") ? level.unary : level.call, whole: false, number: true };
}

/** In brackets where it binds less than `least`. */
export function bound({ code, level: own }: Pick<Text, "code" | "level">, least: number): string {
  return own < least ? `(${code})` : code;
}

/** A number of the language; a whole f32 keeps its point, so that Python divides it as one. */
export function numberCode(value: number, dtype: "f32" | "i32" | "bool"): string {
  if (dtype === "bool") return value === 0 ? "False" : "True";
  if (Number.isNaN(value)) return "math.nan";
  if (!Number.isFinite(value)) return value < 0 ? "-math.inf" : "math.inf";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return dtype === "f32" && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** `(1, 2)`, `(1,)`. */
export function tuple(parts: readonly (string | number)[]): string {
  return parts.length === 1 ? `(${String(parts[0])},)` : `(${parts.join(", ")})`;
}

const keywords =
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";

/** What a function of the module means by these names. */
const own =
  "self torch math nn F abs range len int float tuple list dict reversed min max sum device counters convolution convolution_input convolution_kernel framed random_bits random_uniform random_word spaced tap_places threefry truncated window_argmax window_max window_put window_spread window_sum window_take windows_of";

/** What `nn.Module` and an exported network have themselves. */
const ofModules =
  "T_destination add_module apply bfloat16 buffers call_super_init children compile counters cpu cuda device double dump_patches eval evaluate extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict metadata modules mtia named_buffers named_children named_modules named_parameters optimizer parameters put register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ rows set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad";

const reserved = new Set(keywords.split(" "));
const reservedLocals = new Set([...reserved, ...own.split(" ")]);
const reservedAttributes = new Set([...reserved, ...ofModules.split(" ")]);

/** Another name for one that is taken, and for those that this makes of others: no two become one. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name.replace(/_+$/, "")) ? `${name}_` : name;
}

/** Python reads names in form NFKC, where the ligature `ﬁ` is `fi`: a name that is not in it gets one of its own, by its code points. */
export function readName(name: string): string {
  const read = name.normalize("NFKC");
  if (read === name) return name.replace(/^(?=x*nfkc_)/, "x");
  return [`nfkc_${read}`, ...Array.from(name, (sign) => (sign.codePointAt(0) ?? 0).toString(16))].join("_");
}

/** A name for a variable of a function. */
export function localName(name: string): string {
  return freeName(
    readName(name)
      .replaceAll(/[^\p{XID_Continue}]/gu, "_")
      .replace(/^(?=\d)/, "_"),
    reservedLocals,
  );
}

/** The path of a variable as attributes of a module: the same but for names that are taken there, or private to Python. */
export function attributePath(path: string): string {
  return path
    .split(".")
    .map(readName)
    .map((part) => freeName(/^x*(_|predict_|loss_)/.test(part) ? `x${part}` : part, reservedAttributes))
    .join(".");
}

/** The name of a variable in an exported module; what an optimiser remembers begins with its step and its own name. */
export function ownName(name: string): string {
  const [, step = "", state = "", path = name] = /^optimizer\.([^.]+)\.([^.]+)\.(.*)$/.exec(name) ?? [];
  return `${step === "" ? "" : `optimizer.${readName(step)}.${state}.`}${attributePath(path)}`;
}

/** `self.Letters.repeat[0].dense.w`. */
export function attributeCode(path: string): string {
  return `self${attributePath(path)
    .split(".")
    .map((part) => (/^\d/.test(part) ? `[${part}]` : `.${part}`))
    .join("")}`;
}
