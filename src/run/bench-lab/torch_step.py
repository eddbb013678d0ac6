"""The same step for PyTorch, in one thread. Takes one JSON object a line, answers with one:
the subject first, then {"multiply": [m, k, n], "milliseconds": 20} or {"run": {"atLeast": 10, "milliseconds": 0}}."""
import base64
import json
import math
import sys
import time


def answer(value):
    print(json.dumps(value), flush=True)


try:
    import torch
    import torch.nn.functional as F
except ImportError:
    answer({"missing": True})
    sys.exit()

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


def read_array(text, kind):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=kind)


def normalise(x, gain):
    return x / torch.sqrt(x.square().mean(-1, keepdim=True) + 1e-5) * gain


def run_block(config, params, i, x, is_last):
    B, T, D = x.shape
    H = config["nHead"]
    own = lambda name: params[f"block{i}.{name}"]
    split = lambda a: a.reshape(B, -1, H, D // H).transpose(1, 2)
    h = normalise(x, own("norm1"))
    key, value = split(h @ own("key")), split(h @ own("value"))
    if is_last:  # the last position only, as in the lab
        x, h = x[:, -1:], h[:, -1:]
    query = split(h @ own("query"))
    scores = query @ key.transpose(2, 3) / math.sqrt(D // H)
    if not is_last:
        scores = scores + config["mask"]
    mixed = torch.softmax(scores, -1) @ value
    x = x + mixed.transpose(1, 2).reshape(B, -1, D) @ own("out")
    inner = torch.relu(normalise(x, own("norm2")) @ own("up")).square()
    return x + inner @ own("down")


def compute_loss(config, params, tokens, targets):
    x = params["embed"][tokens] + params["position"]
    for i in range(config["nLayer"]):
        x = run_block(config, params, i, x, i == config["nLayer"] - 1)
    logits = normalise(x, params["norm"])[:, -1] @ params["embed"].T
    return F.cross_entropy(logits, targets)


class Training:
    def __init__(self, subject):
        self.config, self.adam, self.rates = subject["config"], subject["adam"], subject["rates"]
        T = self.config["seqLen"]
        self.config["mask"] = torch.full((T, T), -1e9).triu(1)
        self.subject = subject
        self.done = 0
        self.params = None

    def start(self):
        shapes = self.subject["shapes"]
        read_matrix = lambda text, shape: read_array(text, torch.float32).reshape(shape).requires_grad_()
        read_tokens = lambda text: read_array(text, torch.int32).long()
        self.params = {name: read_matrix(text, shapes[name]) for name, text in self.subject["weights"].items()}
        self.batches = [(read_tokens(b["tokens"]).reshape(-1, self.config["seqLen"]), read_tokens(b["targets"])) for b in self.subject["batches"]]
        matrices = [p for p in self.params.values() if p.ndim > 1]
        gains = [p for p in self.params.values() if p.ndim == 1]
        groups = [{"params": matrices, "weight_decay": self.adam["decay"]}, {"params": gains, "weight_decay": 0}]
        self.optimiser = torch.optim.AdamW(groups, lr=0, betas=(self.adam["beta1"], self.adam["beta2"]), eps=self.adam["epsilon"])

    def step(self):
        if self.params is None:
            self.start()
        tokens, targets = self.batches[self.done % len(self.batches)]
        loss = compute_loss(self.config, self.params, tokens, targets)
        self.optimiser.zero_grad()
        loss.backward()
        gradients = [p.grad for p in self.params.values()]
        length = torch.stack([g.square().sum() for g in gradients]).sum().sqrt()
        cut = self.adam["clip"] / torch.clamp(length, min=self.adam["clip"])
        for g in gradients:
            g.mul_(cut)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rates[min(self.done, len(self.rates) - 1)]
        self.optimiser.step()
        self.done += 1
        return loss.item()

    def run(self, at_least, milliseconds):
        steps = []
        end = time.perf_counter() + milliseconds / 1000
        while len(steps) < at_least or time.perf_counter() < end:
            start, used = time.perf_counter(), time.process_time()
            loss = self.step()
            steps.append({"loss": loss, "wall": (time.perf_counter() - start) * 1000, "processor": (time.process_time() - used) * 1000})
        return steps


def time_product(m, k, n, milliseconds):
    a, b = torch.ones(m, k), torch.ones(k, n)
    shortest, runs, end = math.inf, 0, time.perf_counter() + milliseconds / 1000
    while runs < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        torch.mm(a, b)
        shortest, runs = min(shortest, (time.perf_counter() - start) * 1000), runs + 1
    return shortest


training = Training(json.loads(sys.stdin.readline()))
answer({"version": torch.__version__})
for line in sys.stdin:
    asked = json.loads(line)
    if "run" in asked:
        answer(training.run(asked["run"]["atLeast"], asked["run"]["milliseconds"]))
    else:
        answer(time_product(*asked["multiply"], asked["milliseconds"]))
