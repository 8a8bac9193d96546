"""Asks the gateway with gql and graphql-core, and prints what came as JSON. Arguments: the URL and the token."""

import json
import sys

import graphql
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport

url, token = sys.argv[1:]
transport = RequestsHTTPTransport(url=url, headers={"Authorization": f"Bearer {token}"})
client = Client(transport=transport, fetch_schema_from_transport=True)

QUESTION = """
  query ($countries: [CountryCode!]) {
    cases(first: 3, countries: $countries) { edges { node { id country } } %s }
  }
"""


def ask(more):
    try:
        data, errors = client.execute(gql(QUESTION % more), variable_values={"countries": ["GT", "HN", "SV"]}), []
    except TransportQueryError as error:
        data, errors = error.data, error.errors
    return {"data": data, "errors": [error["extensions"] for error in errors]}


with_outcomes, without_outcomes = ask("outcomes { country reach }"), ask("")

# graphql-core’s own introspection, with everything that it can ask for.
options = {"specified_by_url": True, "directive_is_repeatable": True, "schema_description": True, "input_value_deprecation": True}
with Client(transport=transport) as session:
    answer = session.execute(gql(graphql.get_introspection_query(**options)))
schema = graphql.build_client_schema(answer)
unknown = graphql.validate(schema, graphql.parse("{ cases(first: 3) { edges { node { nothing } } } }"))
print(
    json.dumps(
        {
            "version": graphql.version,
            "withOutcomes": with_outcomes,
            "withoutOutcomes": without_outcomes,
            "faults": [str(fault) for fault in graphql.validate_schema(schema)],
            "types": sorted(name for name in schema.type_map if not name.startswith("__")),
            "directives": sorted(directive.name for directive in schema.directives),
            "unknownField": [error.message for error in unknown],
        }
    )
)
