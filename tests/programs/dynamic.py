"""Code that is made at run time: exec, eval, compile, in functions and classes, recursively."""
source = """
def made(n):
    return made(n - 1) + 1 if n else 0

class Made:
    value = made(2)
    def method(self):
        return made(3)

print(made(4), Made().method())
"""


def run(text, name, values=None):
    exec(compile(text, name, "exec"), {} if values is None else values)


def evaluate(text):
    return eval(text, {"run": run, "evaluate": evaluate, "abs": abs})


run(source, "<made one>")
run(source, "<made two>")
run("import math\nprint(math.sqrt(16))", "made three.py")
print(evaluate("abs(-3)"), evaluate("evaluate('abs(-4)')"), evaluate("[evaluate(str(i)) for i in range(3)]"))
print(eval("(lambda x: x * 2)(21)"), eval(compile("1 + 1", "<expression>", "eval")))
exec("def later(x):\n    return eval('x + 1')")
print(later(1))  # noqa: F821
for number in range(3):
    exec("def same(x): return x + %d\nprint(same(1))" % number)
try:
    exec("raise ValueError('from exec')")
except ValueError as error:
    print(error)
try:
    eval("1 +")
except SyntaxError:
    print("syntax error")
__import__("collections").OrderedDict(a=1)
print(type("C", (), {"f": lambda self: 1})().f(), vars(type("D", (), {})).get("x"))

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
