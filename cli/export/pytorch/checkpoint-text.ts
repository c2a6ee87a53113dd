/** How an exported network reads and writes the files of nnc, in Python: safetensors with the metadata that training goes on from. */

export const checkpointText = `TYPES = {"F32": (torch.float32, 4), "I32": (torch.int32, 4), "BOOL": (torch.bool, 1)}


def read(file):
    """The tensors and the metadata of a safetensors file."""
    with open(file, "rb") as stream:
        content = bytearray(stream.read())
    (size,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + size].decode("utf-8"))
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype, width = TYPES[entry["dtype"]]
        count = (end - begin) // width
        flat = torch.frombuffer(content, dtype=dtype, count=count, offset=8 + size + begin) if count else torch.zeros(0, dtype=dtype)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors, metadata


def load(net, file):
    """Takes over what nnc, or \`save\`, has written: parameters, states, what optimisers remember, and how far training is."""
    tensors, metadata = read(file)
    own = {RENAMED.get(name, name): value for name, value in tensors.items() if not name.startswith("best:")}
    if metadata.get("nnc.optimizer") != TRAIN["nnc.optimizer"]:
        # What another optimiser remembers means nothing to this one.
        own = {name: value for name, value in own.items() if not name.startswith("optimizer.")}
    missing = [name for name in (*PARAMETERS, *STATES) if name not in own]
    unknown = [name for name in own if name not in PARAMETERS and name not in STATES and name not in OPTIMIZER]
    if missing or unknown:
        raise ValueError(f"{file} is of another network: it lacks {missing or 'nothing'}, and has {unknown or 'nothing'} beside")
    with torch.no_grad():
        for name, value in own.items():
            target = variable(net, name)
            if target.shape != value.shape:
                raise ValueError(f"{file}: expected {name} of shape {tuple(target.shape)}, found {tuple(value.shape)}")
            target.copy_(value)
        for name in ("seed", "step", "epoch", "step_in_epoch"):
            if f"nnc.{name}" in metadata:
                net.counters[name].fill_(wrapped(int(metadata[f"nnc.{name}"])))
    net.metadata = dict(metadata)


def wrapped(number):
    """As 32 bits with a sign hold it."""
    return (number + 2**31) % 2**32 - 2**31


def save(net, file):
    """Writes what nnc reads: \`nnc predict\`, \`nnc eval\`, and \`nnc train --resume\` go on from there."""
    names = {own: name for name, own in RENAMED.items()}
    values = [(names.get(name, name), variable(net, name)) for name in (*PARAMETERS, *STATES, *OPTIMIZER)]
    values.sort(key=lambda item: -item[1].element_size())
    metadata = {"nnc.format": "1", **net.metadata, **TRAIN}
    for name in ("step", "epoch", "step_in_epoch"):
        metadata[f"nnc.{name}"] = str(int(net.counters[name]))
    # The tensors are others than those that the checksums are of, and the best epoch is not among them.
    for name in ("nnc.checksum", "nnc.run_checksum"):
        metadata.pop(name, None)
    metadata["nnc.best_epoch"] = metadata["nnc.best_loss"] = "none"
    header, parts, begin = {"__metadata__": metadata}, [], 0
    kinds = {dtype: name for name, (dtype, _) in TYPES.items()}
    for name, value in values:
        content = value.detach().cpu().contiguous().numpy().tobytes()
        header[name] = {"dtype": kinds[value.dtype], "shape": list(value.shape), "data_offsets": [begin, begin + len(content)]}
        parts.append(content)
        begin += len(content)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    # Under another name first: who reads the file meanwhile sees the old one.
    with open(f"{file}.part", "wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
    os.replace(f"{file}.part", file)`;
