"""The playground's training in plain Python: the same operations in the same order, so the same bits."""

import math

MASK = 2**32 - 1


class Random:
    """The generator sfc32."""

    def __init__(self, seed):
        self.state = seed & MASK, 0x9E3779B9, 0x243F6A88, 1
        for _ in range(12):
            self.next()

    def next(self):
        a, b, c, k = self.state
        t = (a + b + k) & MASK
        rotated = ((c << 21) | (c >> 11)) & MASK
        self.state = b ^ (b >> 9), (c + (c << 3)) & MASK, (rotated + t) & MASK, (k + 1) & MASK
        return t

    def unit(self):
        return self.next() / 2**32


def start(seed, n):
    """Weights [w1, b1, ..., v1, ..., c] of a seed, and the generator that then draws the batches."""
    random = Random(seed)
    w, b = ([2 * random.unit() - 1 for _ in range(n)] for _ in range(2))
    v = [(2 * random.unit() - 1) / math.sqrt(n) for _ in range(n)]
    c = (2 * random.unit() - 1) / math.sqrt(n)
    return [x for pair in zip(w, b) for x in pair] + v + [c], random


class Trainer:
    """Mean square error against g on [left, right], by mini-batches."""

    def __init__(self, theta, random, g, ends, optimizer="adam", lr=0.01, momentum=0.9, batch=64):
        self.theta, self.random, self.g, self.ends = list(theta), random, g, ends
        self.optimizer, self.lr, self.momentum, self.batch = optimizer, lr, momentum, batch
        self.mean, self.square = [0.0] * len(theta), [0.0] * len(theta)
        self.p1 = self.p2 = 1.0

    def points(self):
        left, right = self.ends
        for _ in range(self.batch):
            u = self.random.unit()
            yield left * (1 - u) + right * u

    def gradient(self, xs):
        """The loss on some points, and its gradient."""
        t, n = self.theta, (len(self.theta) - 1) // 3
        g, loss = [0.0] * len(t), 0.0
        for x in xs:
            z = [t[2 * i] * x + t[2 * i + 1] for i in range(n)]
            y = t[3 * n]
            for i in range(n):
                if z[i] > 0:
                    y += t[2 * n + i] * z[i]
            e = y - self.g(x)
            loss += e * e
            d = (2 / self.batch) * e
            g[3 * n] += d
            for i in range(n):
                if z[i] > 0:
                    g[2 * n + i] += d * z[i]
                    q = d * t[2 * n + i]
                    g[2 * i] += q * x
                    g[2 * i + 1] += q
        return loss / self.batch, g

    def step(self):
        loss, g = self.gradient(self.points())
        t, mean, square, lr = self.theta, self.mean, self.square, self.lr
        if self.optimizer == "sgd":
            for k in range(len(t)):
                t[k] -= g[k] * lr
        elif self.optimizer == "momentum":
            for k in range(len(t)):
                mean[k] = mean[k] * self.momentum + g[k]
                t[k] -= mean[k] * lr
        else:
            self.p1 *= 0.9
            self.p2 *= 0.999
            scale, rate = 1 / math.sqrt(1 - self.p2), lr / (1 - self.p1)
            for k in range(len(t)):
                mean[k] += (g[k] - mean[k]) * 0.1
                square[k] += (g[k] * g[k] - square[k]) * 0.001
                t[k] -= (mean[k] / (math.sqrt(square[k]) * scale + 1e-8)) * rate
        return loss
