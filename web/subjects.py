"""Every subject with pages of its own. A new one is a module with a blueprint, added to the list below."""

from flask import Blueprint, Flask

from web import pages, roles, sign_in

BLUEPRINTS: tuple[Blueprint, ...] = (
    sign_in.blueprint,
    roles.blueprint,
    pages.blueprint,
)


def install(application: Flask) -> None:
    for blueprint in BLUEPRINTS:
        application.register_blueprint(blueprint)
