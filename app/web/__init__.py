"""Which pages are there? Server-rendered HTML, one module for each concept, named like the services."""

from app.routing import make_router
from app.web import account

router = make_router(include_in_schema=False)
for _concept in (account,):
    router.include_router(_concept.router)
