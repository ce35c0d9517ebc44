"""Every subject with pages of its own. A new one is a module with a blueprint, added to the list below."""

from flask import Blueprint, Flask

from web import context, page_words, pages, roles, shortcuts, sign_in, words
from web.views import (
    account,
    account_access,
    account_keys,
    account_stored,
    account_substitutes,
    administration,
    agreement_files,
    agreements,
    attachments,
    calendar,
    chosen_tasks,
    comments,
    contributions,
    county,
    decisions,
    deviations,
    documents,
    downloads,
    drafts,
    mail,
    meetings,
    processes,
    saved_filters,
    search,
    task_list,
    tasks,
    wheel,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    sign_in.blueprint,
    roles.blueprint,
    account.blueprint,
    account_stored.blueprint,
    account_access.blueprint,
    account_keys.blueprint,
    account_substitutes.blueprint,
    administration.blueprint,
    mail.blueprint,
    calendar.blueprint,
    wheel.blueprint,
    meetings.blueprint,
    pages.blueprint,
    tasks.blueprint,
    chosen_tasks.blueprint,
    documents.blueprint,
    saved_filters.blueprint,
    search.blueprint,
    drafts.blueprint,
    comments.blueprint,
    contributions.blueprint,
    attachments.blueprint,
    agreements.blueprint,
    agreement_files.blueprint,
    decisions.blueprint,
    deviations.blueprint,
    county.blueprint,
    downloads.blueprint,
    processes.blueprint,
)


def install(application: Flask) -> None:
    words.install(application)
    page_words.install(application)
    shortcuts.install(application)
    application.add_template_global(task_list.address, "task_list_address")
    application.add_template_filter(attachments.file_size)
    application.add_template_global(attachments.accepted_files)
    application.add_template_global(context.today)
    for blueprint in BLUEPRINTS:
        application.register_blueprint(blueprint)
