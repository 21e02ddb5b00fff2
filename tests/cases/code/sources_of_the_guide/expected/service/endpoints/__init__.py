from fastapi import APIRouter

from ..core.resource import Resources

routers: tuple[APIRouter, ...] = ()
resources = Resources([])
