"""How does a template become code? As Jinja does it, but its texts are looked up once, and its calls go straight."""

from collections.abc import Callable
from keyword import iskeyword
from typing import Any, Final

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import markup_join
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

_TRANSLATORS: Final = frozenset({"_", "gettext"})


class FixedTexts(NodeTransformer):
    """Puts each text that depends on nothing into the template in the reader's language, as `environment` is of one."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named by Jinja
        """A text without values is what its translation is."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name not in _TRANSLATORS:
            return node
        if len(node.args) != 1 or node.kwargs or not isinstance(node.args[0], nodes.Const):
            return node
        return nodes.Const(self._translate(node.args[0].value), lineno=node.lineno)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Jinja would forget that a text of ours may hold marks."""
        self.generic_visit(node)
        if all(isinstance(each, nodes.Const) for each in node.nodes):
            return nodes.Const(markup_join(each.as_const() for each in node.nodes), lineno=node.lineno)
        return node


class StraightCalls(CodeGenerator):
    """Calls functions, methods and macros as they are; a page makes hundreds of calls.

    Jinja asks of each whether it wants the context as its first argument, which only functions of the environment may
    do here. And what is safe to print already is not asked how it escapes itself.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Texts that stand within expressions are made once, beside the functions that name them."""
        self._fixed: dict[str, str] = {}
        super().visit_Template(node, frame)
        for value, name in self._fixed.items():
            self.writeline(f"{name} = {value}")

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:  # noqa: N802
        """A number, a plain string, or a text or words by code by their name."""
        words = node.value.values() if isinstance(node.value, dict) else [node.value]
        if words and all(isinstance(each, Markup) for each in words):
            self.write(self._fixed.setdefault(repr(node.value), f"fixed_{len(self._fixed)}"))
        else:
            super().visit_Const(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        """The call as Python writes it."""
        is_plain = not (node.dyn_args or node.dyn_kwargs or any(iskeyword(each.key) for each in node.kwargs))
        if forward_caller or not is_plain or self._wants_context(node.node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in node.args:
            self.visit(each, frame)
            self.write(", ")
        for named in node.kwargs:
            self.write(f"{named.key}=")
            self.visit(named.value, frame)
            self.write(", ")
        self.write(")")

    def _wants_context(self, function: nodes.Expr) -> bool:
        known = self.environment.globals.get(function.name) if isinstance(function, nodes.Name) else None
        return hasattr(known, "jinja_pass_arg")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._escapes(frame, finalize):
            self.write("(found if type(found := (")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._escapes(frame, finalize):
            self.write(")) is Markup else escape(found))")
        else:
            super()._output_child_post(node, frame, finalize)

    @staticmethod
    def _escapes(frame: Frame, finalize: Any) -> bool:
        return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile and finalize.src is None
