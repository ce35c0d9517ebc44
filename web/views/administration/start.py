"""The administration's first page: what needs somebody, and the way to everything else."""

from engine.queries.system import read_system
from web import context
from web.views.administration.place import blueprint, page


@blueprint.get("")
def show() -> str:
    with context.database().read() as connection:
        system = read_system(connection, context.now(), context.person(), context.settings())
    return page("start", system=system)
