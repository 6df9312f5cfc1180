"""What a test of ours says to meson: the Test Anything Protocol."""


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, sentence: str, holds: bool, detail: str):
        self.count += 1
        self.failed += not holds
        print(f"{'ok' if holds else 'not ok'} {self.count} - {sentence}", flush=True)
        self.say(detail)

    def say(self, detail: str):
        print(f"# {detail}", flush=True)

    def end(self):
        print(f"1..{self.count}", flush=True)
