"""What is changed in a parsed template, so that nothing in it runs or grows uncounted."""

from __future__ import annotations

from typing import Any, ClassVar

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

__all__ = ["Bounds"]


class Bounds(NodeTransformer):
    """Puts a step before every statement and comparison, and what operators make under counting.

    What it puts in cannot be spelt in a template: a call in the compiled code, filters whose names
    hold a space.
    """

    _visitors: ClassVar[dict[type[nodes.Node], str]] = {
        nodes.For: "loop",
        nodes.Compare: "comparison",
        nodes.Concat: "concatenation",
        nodes.Getitem: "item",
        nodes.List: "literal",
        nodes.Tuple: "literal",
        nodes.Dict: "literal",
        nodes.ScopedEvalContextModifier: "refused",
    }

    def get_visitor(self, node: nodes.Node) -> Any:
        """Return the method for this sort of node, if it has one."""
        name = self._visitors.get(type(node))
        return name and getattr(self, name)

    def _body(self, node: nodes.Node, name: str) -> None:
        """Put a step before each statement, the first of which counts the plain text of them all."""
        body: list[nodes.Node] = getattr(node, name)
        if not body:
            return
        plain = sum(
            len(part.data)
            for output in body
            if isinstance(output, nodes.Output)
            for part in output.nodes
            if isinstance(part, nodes.TemplateData)
        )
        counted: list[nodes.Node] = [_step(body[0].lineno, plain)]
        for statement in body:
            if not isinstance(statement, nodes.Output | nodes.For) and statement is not body[0]:
                counted.append(_step(statement.lineno))
            counted.append(statement)
        setattr(node, name, counted)

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """Visit what a node holds, then count its statements."""
        super().generic_visit(node, *args, **kwargs)
        for name in ("body", "else_"):
            if isinstance(getattr(node, name, None), list):
                self._body(node, name)
        return node

    def loop(self, node: nodes.For) -> nodes.Node:
        """Count each turn of a loop that its condition leaves out, too."""
        node.body = node.body or [_step(node.lineno)]
        self.generic_visit(node)
        if node.test is not None:
            node.test = _after_step(node.test)
        return node

    def comparison(self, node: nodes.Compare) -> nodes.Node:
        """Count a step; both sides may be long."""
        self.generic_visit(node)
        return _after_step(node)

    def concatenation(self, node: nodes.Concat) -> nodes.Node:
        """Let `a ~ b` count what it makes."""
        self.generic_visit(node)
        return _through(" concat", node.nodes[0], node.nodes[1:])

    def item(self, node: nodes.Getitem) -> nodes.Node:
        """Let `a[1:2]` count what it makes."""
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        part = node.arg
        none = nodes.Const(None, lineno=node.lineno)
        return _through(
            " slice", node.node, [part.start or none, part.stop or none, part.step or none]
        )

    def literal(self, node: nodes.Expr) -> nodes.Node:
        """Count a list, tuple or mapping that holds other values."""
        self.generic_visit(node)
        is_target = isinstance(node, nodes.Tuple) and node.ctx != "load"
        if is_target or all(isinstance(part, nodes.Const) for part in node.iter_child_nodes()):
            return node
        return _through(" held", node, [])

    def refused(self, node: nodes.Node) -> nodes.Node:
        """Refuse what turns escaping on for a part."""
        raise TemplateSyntaxError("autoescape is not here; use the filter escape", node.lineno)


def _step(line: int, n_bytes: int = 0) -> nodes.ExprStmt:
    # written as it is into the compiled code; no template can spell it
    call = nodes.EnvironmentAttribute(f"tick({n_bytes or ''})", lineno=line)
    return nodes.ExprStmt(call, lineno=line)


def _after_step(node: nodes.Node) -> nodes.Expr:
    line = node.lineno
    return nodes.And(nodes.EnvironmentAttribute("tick()", lineno=line), node, lineno=line)


def _through(name: str, node: nodes.Expr, arguments: list[nodes.Expr]) -> nodes.Expr:
    return nodes.Filter(node, name, arguments, [], None, None, lineno=node.lineno)
