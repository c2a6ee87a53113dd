"""
One network in PyTorch, driven by torch.mjs: a line of JSON asks, a line of JSON answers. The times are taken here, so that the pipe
costs nothing. Of the forms that a user might write (eager or traced, Adam with or without foreach) the fastest of a trial is measured.
"""

import array
import base64
import itertools
import json
import sys
import time

import torch
import torch.nn.functional as F

LEARNING_RATE = 1e-3
TRIAL_SECONDS = 0.15


def tensor(encoded):
    """{ shape, type, data }, the data in base64."""
    kind = {"f32": torch.float32, "i32": torch.int32}[encoded["type"]]
    values = torch.frombuffer(bytearray(base64.b64decode(encoded["data"])), dtype=kind)
    return values.reshape(encoded["shape"]).clone()


class Layers(torch.nn.Module):
    """
    Layers one after the other, as torch.nn.functional has them; `layers` is a list of { dense }, { conv }, { norm }, { pool }, { flatten }
    and { relu }. The weights of convolutions come with their channels first.
    """

    def __init__(self, layers, weights):
        super().__init__()
        self.kinds = []
        for at, layer in enumerate(layers):
            kind = next(iter(layer))
            name = layer[kind]
            if kind in ("dense", "conv"):
                w, b = weights[name + ".w"], weights[name + ".b"]
                self.register_parameter(f"w{at}", torch.nn.Parameter(w.T.contiguous() if kind == "dense" else w))
                self.register_parameter(f"b{at}", torch.nn.Parameter(b))
            elif kind == "norm":
                norm = torch.nn.BatchNorm1d(weights[name + ".gamma"].numel(), eps=1e-5, momentum=0.1)
                norm.weight.data.copy_(weights[name + ".gamma"])
                norm.bias.data.copy_(weights[name + ".beta"])
                norm.running_mean.copy_(weights[name + ".running_mean"])
                norm.running_var.copy_(weights[name + ".running_var"])
                self.add_module(f"norm{at}", norm)
            self.kinds.append((kind, layer))

    def forward(self, x):
        for at, (kind, layer) in enumerate(self.kinds):
            if kind == "dense":
                x = F.linear(x, getattr(self, f"w{at}"), getattr(self, f"b{at}"))
            elif kind == "conv":
                x = F.conv2d(x, getattr(self, f"w{at}"), getattr(self, f"b{at}"), padding=layer["taps"] // 2)
            elif kind == "norm":
                x = getattr(self, f"norm{at}")(x)
            elif kind == "pool":
                x = F.max_pool2d(x, layer["pool"])
            elif kind == "flatten":
                x = x.flatten(1)
            else:
                x = F.relu(x)
        return x


class Recurrent(torch.nn.Module):
    """An embedding, an LSTM and a dense layer. What the forget gate has more is the LSTM's second bias, which does not learn."""

    def __init__(self, names, weights):
        super().__init__()
        w, u, b = (weights[f"{names['lstm']}.{part}"] for part in ("w", "u", "b"))
        units = u.shape[0]
        self.embedding = torch.nn.Parameter(weights[names["embedding"]])
        self.lstm = torch.nn.LSTM(w.shape[0], units, batch_first=True)
        self.lstm.weight_ih_l0.data.copy_(w.T)
        self.lstm.weight_hh_l0.data.copy_(u.T)
        self.lstm.bias_ih_l0.data.copy_(b)
        self.lstm.bias_hh_l0.data.zero_()
        self.lstm.bias_hh_l0.data[units : 2 * units] = names["forgetBias"]
        self.lstm.bias_hh_l0.requires_grad_(False)
        self.w = torch.nn.Parameter(weights[names["dense"] + ".w"].T.contiguous())
        self.b = torch.nn.Parameter(weights[names["dense"] + ".b"])

    def forward(self, ids):
        states, _ = self.lstm(F.embedding(ids, self.embedding))
        return F.linear(states, self.w, self.b)


class Block(torch.nn.Module):
    """A pre-norm block; one product makes queries, keys and values, as torch.nn.MultiheadAttention does it."""

    def __init__(self, names, heads, weights):
        super().__init__()
        self.heads = heads
        attention, first, second = names["attention"], names["expand"], names["contract"]
        parts = ["q", "k", "v"]
        self.w_in = torch.nn.Parameter(torch.cat([weights[f"{attention}.w_{part}"].T for part in parts]).contiguous())
        self.b_in = torch.nn.Parameter(torch.cat([weights[f"{attention}.b_{part}"] for part in parts]))
        self.w_out = torch.nn.Parameter(weights[attention + ".w_o"].T.contiguous())
        self.b_out = torch.nn.Parameter(weights[attention + ".b_o"])
        self.w_1 = torch.nn.Parameter(weights[first + ".w"].T.contiguous())
        self.b_1 = torch.nn.Parameter(weights[first + ".b"])
        self.w_2 = torch.nn.Parameter(weights[second + ".w"].T.contiguous())
        self.b_2 = torch.nn.Parameter(weights[second + ".b"])
        self.norm_1 = layer_norm(names["norm1"], weights)
        self.norm_2 = layer_norm(names["norm2"], weights)
        self.scale = (self.w_out.shape[0] // heads) ** -0.5

    def forward(self, x, mask):
        rows, places, width = x.shape
        projected = F.linear(self.norm_1(x), self.w_in, self.b_in)
        q, k, v = projected.view(rows, places, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(torch.matmul(q * self.scale, k.transpose(-2, -1)) + mask, dim=-1)
        joined = torch.matmul(weights, v).transpose(1, 2).reshape(rows, places, width)
        x = x + F.linear(joined, self.w_out, self.b_out)
        return x + F.linear(F.gelu(F.linear(self.norm_2(x), self.w_1, self.b_1)), self.w_2, self.b_2)


def layer_norm(name, weights):
    norm = torch.nn.LayerNorm(weights[name + ".gamma"].numel(), eps=1e-5)
    norm.weight.data.copy_(weights[name + ".gamma"])
    norm.bias.data.copy_(weights[name + ".beta"])
    return norm


class Transformer(torch.nn.Module):
    def __init__(self, names, weights):
        super().__init__()
        self.embedding = torch.nn.Parameter(weights[names["embedding"]])
        self.places = torch.nn.Parameter(weights[names["places"]])
        self.blocks = torch.nn.ModuleList([Block(block, names["heads"], weights) for block in names["blocks"]])
        self.norm = layer_norm(names["norm"], weights)
        self.w = torch.nn.Parameter(weights[names["dense"] + ".w"].T.contiguous())
        self.b = torch.nn.Parameter(weights[names["dense"] + ".b"])
        count = self.places.shape[0]
        self.register_buffer("mask", torch.full((count, count), float("-inf")).triu(1))

    def forward(self, ids):
        x = F.embedding(ids, self.embedding) + self.places
        for block in self.blocks:
            x = block(x, self.mask)
        return F.linear(self.norm(x), self.w, self.b)


class Training:
    """A step as the tutorials write it: gradients dropped, loss, backward, optimiser; the loss is read."""

    def __init__(self, model, batches, traced, foreach, layout):
        self.model = model.to(memory_format=layout)
        self.batches = laid_out(batches, layout)
        self.start = {name: value.clone() for name, value in model.state_dict().items()}
        self.forward = torch.jit.trace(model, self.batches[0][0], check_trace=False) if traced else model
        self.foreach = foreach
        self.name = f"{'traced' if traced else 'eager'}, Adam{' foreach' if foreach else ''}{layout_name(layout)}"
        self.reset()

    def reset(self):
        self.model.load_state_dict(self.start)
        learnt = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.Adam(learnt, lr=LEARNING_RATE, foreach=self.foreach)

    def call(self, turn):
        x, target = self.batches[turn % len(self.batches)]
        output = self.forward(x)
        loss = F.cross_entropy(output.view(-1, output.shape[-1]), target)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()


class Inference:
    def __init__(self, model, batches, form, layout):
        model = model.to(memory_format=layout)
        self.batches = batches = laid_out(batches, layout)
        self.name = form + layout_name(layout)
        with torch.no_grad():
            self.forward = {
                "eager": lambda: model,
                "traced and frozen": lambda: torch.jit.freeze(torch.jit.trace(model, batches[0][0])),
                "optimize_for_inference": lambda: torch.jit.optimize_for_inference(torch.jit.trace(model, batches[0][0])),
            }[form]()

    def reset(self):
        pass

    def call(self, turn):
        with torch.inference_mode():
            return self.forward(self.batches[turn % len(self.batches)][0])


def laid_out(batches, layout):
    """Pictures in this layout; all else has but one."""
    return [(x.contiguous(memory_format=layout) if x.dim() == 4 else x, target) for x, target in batches]


def layout_name(layout):
    return ", channels last" if layout == torch.channels_last else ""


def models(request):
    """Builds as many equal models as are asked for."""
    weights = {name: tensor(value) for name, value in request["weights"].items()}
    kind = {"layers": Layers, "recurrent": Recurrent, "transformer": Transformer}[request["network"]["kind"]]
    while True:
        copies = {name: value.clone() for name, value in weights.items()}
        yield kind(request["network"]["names"], copies)


def create(request):
    torch.set_num_threads(request["threads"])
    batches = [(tensor(one["x"]), tensor(one["target"]).flatten().long()) for one in request["batches"]]
    fresh = models(request)
    pictures = batches[0][0].dim() == 4
    layouts = [torch.contiguous_format, torch.channels_last] if pictures else [torch.contiguous_format]
    if request["phase"] == "train":
        return fastest(
            lambda: Training(next(fresh).train(), batches, traced, foreach, layout)
            for layout, traced, foreach in itertools.product(layouts, [False, True], [False, True])
        )
    forms = ["eager", "traced and frozen", "optimize_for_inference"]
    return fastest(
        lambda form=form, layout=layout: Inference(next(fresh).eval(), batches, form, layout)
        for layout, form in itertools.product(layouts, forms)
    )


def fastest(makers):
    """The best minimum of a short trial."""
    best = None
    for make in makers:
        subject = make()
        for turn in range(5):
            subject.call(turn)
        times = run_turn(subject, {"seconds": TRIAL_SECONDS, "from": 0, "group": 1, "reset": 512, "cold": 0})
        if best is None or min(times) < best[0]:
            best = (min(times), subject)
    best[1].reset()
    return best[1]


def run_turn(subject, request):
    """
    Seconds of a call in each sample of `group` calls, until the turn is over; back to the start every `reset` calls, untimed. A first
    sample of less than `cold` seconds is not counted, and the turn begins after it.
    """
    turn, group = request["from"], request["group"]
    calls = 0
    clock = time.perf_counter

    def sample():
        nonlocal turn, calls
        if calls >= request["reset"]:
            subject.reset()
            calls = 0
        begin = clock()
        for at in range(turn, turn + group):
            subject.call(at)
        seconds = clock() - begin
        turn += group
        calls += group
        return seconds

    subject.reset()
    begun = clock()
    first = sample()
    times = [first / group]
    if first < request["cold"]:
        times, begun = [], clock()
    while not times or clock() < begun + request["seconds"]:
        times.append(sample() / group)
    return times


def value_of(result):
    if isinstance(result, float):
        return {"value": result}
    floats = array.array("f", result.flatten().tolist())
    return {"data": base64.b64encode(floats.tobytes()).decode()}


def main():
    subject = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "create":
            subject = create(request)
            answer = {"version": torch.__version__, "form": subject.name}
        elif request["do"] == "reset":
            subject.reset()
            answer = {}
        elif request["do"] == "call":
            answer = value_of(subject.call(request["turn"]))
        else:
            answer = {"times": run_turn(subject, request)}
        print(json.dumps(answer), flush=True)


main()
