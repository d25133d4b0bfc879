"""Which pages are there? Server-rendered HTML, one module for each concept, named like the services."""

from app.routing import make_router
from app.web import (
    account,
    actuals,
    actuals_kpi,
    appraisals,
    audit,
    cycles,
    home,
    library,
    notices,
    people,
    people_import,
    plan_editor,
    plan_kpis,
    planning,
    reports,
    scorecards,
    units,
    verification,
)

router = make_router(include_in_schema=False)
for _concept in (
    home,
    account,
    notices,
    actuals,
    actuals_kpi,
    planning,
    plan_editor,
    plan_kpis,
    people_import,
    people,
    units,
    cycles,
    library,
    scorecards,
    appraisals,
    reports,
    audit,
    verification,
):
    router.include_router(_concept.router)
