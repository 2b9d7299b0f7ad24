"""What the tests of contracts share."""

from kbn_schema import contract
from kbn_schema.contract import Contract, Endpoint, RouteTerm
from kbn_schema.contract.terms import Terms
from kbn_schema.http import Router


def told(schema):
    """Return the term of *schema*, and those that it refers to."""
    terms = Terms()
    terms.survey(schema)
    term = terms.add(schema)
    return term, terms.finish()


def holding(term, schemas):
    """Return a contract that has *term* as the body of a route."""
    versions = {"": Endpoint(request={"body": term})}
    return Contract((RouteTerm("POST", "/a", "public", versions=versions),), schemas)


def contract_of(schema, **options):
    """Return the contract of a route that takes *schema* as its body."""
    router = Router()
    router.post("/a", validate={"body": schema}, **options)(lambda context, request, response: None)
    return contract.of(router)
