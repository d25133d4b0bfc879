"""Which pages are there? Server-rendered HTML, one module for each concept, named like the services."""

from app.routing import make_router
from app.web import account, actuals, actuals_kpi

router = make_router(include_in_schema=False)
for _concept in (account, actuals, actuals_kpi):
    router.include_router(_concept.router)
