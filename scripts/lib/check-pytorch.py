"""
Runs exported networks in PyTorch, for `scripts/verify-pytorch.mjs`: a task in JSON a line on standard input, an answer in JSON a line on standard
output. PyTorch is imported once; each task runs in processes of its own, which begin as copies of this one.

`train`: so many steps, whose losses are told, in one process or in several that share minibatches, or in 64 bits; `predict`: what each model says of arrays in
a safetensors file; `initial`: what the network begins with from a seed.
"""
import importlib.util
import json
import os
import re
import sys
import tempfile
import traceback

import torch


def opened(task):
    spec = importlib.util.spec_from_file_location("network", os.path.join(task["folder"], "network.py"))
    network = importlib.util.module_from_spec(spec)
    if task.get("doubles"):
        torch.set_default_dtype(torch.float64)
        exec(in_doubles(spec.loader.get_source("network")), network.__dict__)
    else:
        spec.loader.exec_module(network)
    net = network.Network()
    network.load(net, task["params"])
    return network, net


def in_doubles(source):
    """The module in 64 bits: all that it makes is as wide, and what it reads from files and writes into them is as it was."""
    before, types, after = re.split(r"^(TYPES = .*\n)", source, flags=re.MULTILINE)
    wide = [text.replace("torch.float32", "torch.float64").replace(".float()", ".double()") for text in (before, after)]
    made, saved = "torch.from_numpy(", "value.detach().cpu()"
    if wide[1].count(made) != 1 or wide[1].count(saved) != 1:
        raise ValueError("the module reads or writes otherwise than was thought")
    wide[1] = wide[1].replace(made, "widened(").replace(saved, "narrowed(value.detach().cpu())")
    wide[1] = wide[1].replace("kinds[value.dtype]", "kinds[narrowed(value).dtype]").replace("item[1].element_size()", "narrowed(item[1]).element_size()")
    return wide[0] + types + HELPERS + wide[1]


HELPERS = """
def widened(values):
    tensor = torch.from_numpy(values)
    return tensor.double() if tensor.dtype == torch.float32 else tensor


def narrowed(tensor):
    return tensor.to(torch.float32) if tensor.dtype == torch.float64 else tensor


"""


def train(task):
    network, net = opened(task)
    told = []
    network.train(net, os.path.join(task["folder"], "data.safetensors"), task["out"], limit=task["steps"], tell=told.append)
    return [[float(each.split(" ")[1]) for each in line.split("  ")[1:]] for line in told if line.startswith("step ")]


def predict(task):
    network, net = opened(task)
    tensors, _ = network.read(task["inputs"])
    net.eval()
    answers = {}
    with torch.no_grad():
        for model, inputs in task["models"].items():
            found = getattr(net, f"predict_{model}")(*[tensors[name] for name in inputs])
            found = found if isinstance(found, tuple) else (found,)
            answers[model] = [[str(value) for value in one.double().flatten().tolist()] for one in found]
    return answers


def initial(task):
    network, net = opened(task)
    network.initialise(net, task["seed"])
    network.save(net, task["out"])
    return None


def child(task, rank, world, meeting, answer):
    """Ends the process."""
    try:
        torch.set_num_threads(1)
        if world > 1:
            torch.distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=world)
        result = {"train": train, "predict": predict, "initial": initial}[task["kind"]](task)
        text = json.dumps({"result": result})
    except BaseException:
        text = json.dumps({"error": traceback.format_exc()})
    if rank == 0 or "error" in text[:8]:
        with open(answer, "w") as stream:
            stream.write(text)
    os._exit(0)


def main():
    for line in sys.stdin:
        task = json.loads(line)
        with tempfile.TemporaryDirectory() as folder:
            meeting, answer = os.path.join(folder, "meeting"), os.path.join(folder, "answer")
            world = task.get("processes", 1)
            children = []
            for rank in range(world):
                process = os.fork()
                if process == 0:
                    child(task, rank, world, meeting, answer)
                children.append(process)
            for process in children:
                os.waitpid(process, 0)
            with open(answer) as stream:
                print(stream.read(), flush=True)


main()
