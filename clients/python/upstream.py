#!/usr/bin/env python3
"""A service for `cases` and `persons` of Belize behind an Istmo node: an example that needs only the standard library.
  upstream.py belize.sql 5001     (then: istmo conformance --country BZ --upstream cases=http://127.0.0.1:5001/cases)
docs/upstream.md says what such a service owes. The node has checked tokens, rules and documents; this one filters rows and answers."""
import base64, json, re, sqlite3, sys, unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
RECORDED = "2026-01-31T12:00:00Z"  # Below: which rows a leg sees, by the headers that the node sets. Whom we do not know may be another country's, and is not hidden.
SEES = "(:force is not null and (shared_with = :force or (shared_with = '*' and handling in ('H0', 'H1'))))"
CASE, PERSON = f"(select * from case_file where {SEES})", f"(select * from person where {SEES} and (not protected or :trusted))"
PART = f"(select * from participant where person_id not in (select id from person) or person_id in (select id from {PERSON}))"
HITS = ("identifier",), ("name", "birthDate")  # A document is compared alone: whoever has one must not learn by it what is recorded of its owner.
OTHERS, PROTECTED = "role not in ('VICTIM', 'WITNESS')", "role in ('VICTIM', 'WITNESS')"
# The order of the bytes of a key is the order of the list. A case without a day is the last one.
CASE_KEYS = {"FILED_ON_ASC": "coalesce(filed_on, '~')", "ID_ASC": "''",
             "FILED_ON_DESC": "iif(filed_on is null, '~', printf('%07d', 9000000 - cast(julianday(filed_on) - 2440587.5 as int)))"}
FILTERS = {"filedFrom": "filed_on >= :filedFrom", "filedTo": "filed_on <= :filedTo", "organisedCrime": "organised = :organisedCrime",
           "recordedSince": f"datetime('{RECORDED}') >= datetime(:recordedSince)", "iccs": "exists (select * from json_each(:iccs) code where iccs like code.value || '%')",
           "participant": f"id in (select case_id from {PART} where {OTHERS} and person_id = :participant)",
           **{name: f"{name} in (select value from json_each(:{name}))" for name in ("status", "category", "subdivision")}}
TOKEN = re.compile(r'("""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\])*"|\.\.\.|[_A-Za-z]\w*|-?\d[\d.eE+-]*|[!$():=@\[\]{}|])|#[^\n]*')

class Refused(Exception): """One field that cannot be answered: a code of the contract, and a message."""
class Document:
    """Reads what a gateway writes: one valid operation with inline fragments. Your own service may use a GraphQL library."""
    def __init__(self, text, variables):
        self.tokens, self.variables = [token for token in TOKEN.findall(text) if token][::-1], variables or {}
        while not self.take("{"): self.tokens.pop()
        self.operation = self.until("}", self.selection)
    def take(self, token): return self.tokens.pop() if self.tokens[-1] == token else None
    def until(self, end, part): return [part() for _ in iter(lambda: self.take(end), end)]
    def pair(self): return self.tokens.pop(), self.tokens.pop() and self.value()
    def value(self):
        token = self.tokens.pop()
        if token == "$": return self.variables.get(self.tokens.pop())
        if token == "[": return self.until("]", self.value)
        if token == "{": return dict(self.until("}", self.pair))
        if token[:3] == '"""': return token[3:-3]
        return token if token[0].isalpha() and token not in ("true", "false", "null") else json.loads(token)
    def selection(self):
        if self.take("..."): return self.take("on") and self.tokens.pop(), None, None, self.take("{") and self.until("}", self.selection)
        key = name = self.tokens.pop()
        if self.take(":"): name = self.tokens.pop()
        return key, name, dict(self.until(")", self.pair)) if self.take("(") else {}, self.until("}", self.selection) if self.take("{") else None

def execute(document, root):
    """Runs a document over dictionaries. A value may be a function of its arguments. An error costs only its own field."""
    errors = []
    def complete(value, arguments, below, path):
        try: value = value(arguments) if callable(value) else value
        except Refused as refused: return errors.append({"message": refused.args[1], "path": path, "extensions": {"code": refused.args[0]}})
        if isinstance(value, list): return [complete(item, {}, below, [*path, at]) for at, item in enumerate(value)]
        return fields(value, below, path, {}) if below and value is not None else value
    def fields(node, selections, path, out):
        for key, name, arguments, below in selections:
            if name: out[key] = complete(node.get(name), arguments, below, [*path, key])
            elif key in (None, node["__typename"]): fields(node, below, path, out)
        return out
    return {"data": fields(root, document.operation, [], {}), **({"errors": errors} if errors else {})}
def check_id(id):
    if isinstance(id, str) and re.fullmatch(r"[A-Z]{2}:[\w.:/-]{1,120}", id): return id
    raise Refused("ID_INVALID", "expected a record id")
def write_cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).rstrip(b"=").decode()
def read_cursor(text, order):
    try: parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) if re.fullmatch(r"[\w-]+", text) else None
    except ValueError: parts = None
    if isinstance(parts, list) and len(parts) == 3 and parts[0] == order: return parts[1:]
    raise Refused("BAD_CURSOR", f"expected a cursor of {order}")
def fold(name): return " ".join(sorted(re.findall(r"\w+", re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", name.lower())))))

class Leg:
    """What one caller may see and ask."""
    def __init__(self, headers):
        self.database = sqlite3.connect("file:belize?mode=memory&cache=shared", uri=True)
        self.database.row_factory = sqlite3.Row
        self.database.create_function("fold", 1, fold)
        self.who = {"force": headers["Istmo-Task-Force"], "trusted": headers["Istmo-Show-Protected"] == "?1"}
    def rows(self, sql, **given): return [dict(row) for row in self.database.execute(sql, {**self.who, **given})]
    def page(self, table, order, key, id, where, to_node, given, **values):
        """The rows beyond (key, id), which SQLite compares by bytes, and one row more to see whether there are more."""
        first, (k, i) = given.get("first"), [None, None] if given.get("after") is None else read_cursor(given["after"], order)
        if not 0 <= (first := 20 if first is None else first) <= 100: raise Refused("BAD_USER_INPUT", "first takes 0 to 100")
        beyond = f"where {where} and (:k is null or ({key}, {id}) > (:k, :i)) order by k, i limit :n"
        found = self.rows(f"select *, {key} as k, {id} as i from {table} {beyond}", **values, k=k, i=i, n=first + 1)
        edges = [{"cursor": write_cursor(order, row["k"], row["i"]), "node": to_node(row), **values} for row in found[:first]]
        ends = {"startCursor": edges[0]["cursor"], "endCursor": edges[-1]["cursor"]} if edges else {}
        return {"edges": edges, "pageInfo": {"hasNextPage": len(found) > first, "hasPreviousPage": k is not None, **ends}}
    def nothing(self, given): return self.page(CASE, "ISSUED_ON_DESC", "''", "id", "false", None, given)
    def cases(self, given, **of):
        wanted = {name: value for name, value in {**(given.get("filter") or {}), **of}.items() if value is not None}
        if "participant" in wanted: check_id(wanted["participant"])
        values = {name: json.dumps(value) if isinstance(value, list) else value for name, value in wanted.items()}
        order, where = given.get("orderBy") or "FILED_ON_DESC", " and ".join(["true", *map(FILTERS.get, wanted)])
        return self.page(CASE, order, CASE_KEYS[order], "id", where, self.to_case, given, **values)
    def persons(self, search, given):
        """Who agrees with each criterion. A national register would also find names that are near (docs/upstream.md)."""
        passport = search.get("identifier") and fold(search["identifier"]["value"]).replace(" ", "").upper()
        where = "not protected and (:born is null or birth_date = :born) and (:passport is null or passport = :passport) and (:name is null or fold(name) = fold(:name))"
        (band, best), order = ("EXACT_IDENTIFIER", "'1:0000'") if passport else ("STRONG", "'2:0000'"), given.get("orderBy") or "BEST_MATCH"
        values = {"born": search.get("birthDate"), "passport": passport, "name": search.get("name")}
        return self.page(PERSON, order, "''" if order == "ID_ASC" else best, "id", where, self.to_person, given, **values, band=band, score=1000)
    def hit(self, search):
        if not search.get("identifier") and not (search.get("name") and search.get("birthDate")): raise Refused("SEARCH_TOO_WIDE", "expected more")
        edges = next(filter(None, (all(map(search.get, names)) and self.persons({each: search[each] for each in names}, {"first": 1})["edges"] for names in HITS)), [])
        return {"country": "BZ", "hit": bool(edges), "band": edges[0]["band"] if edges else None}
    def common(self, row, kind):
        provenance = {"originator": "BZ", "agency": "BZ-DPP", "handling": [row["handling"]], "recordedAt": RECORDED, "synthetic": True}
        return {"__typename": kind, "id": row["id"], "country": "BZ", "provenance": provenance}
    def to_case(self, row):
        def parts(who): return lambda given: self.page(PART, "ROW_ASC", "''", "row_id", f"{who} and case_id = :case and (:role is null or role = :role)",
            lambda part: {"role": part["role"], "person": {"id": part["person_id"]}}, given, case=row["id"], role=given.get("role"))
        offence = {"iccs": row["iccs"], "nationalLabel": row["iccs"], "organisedCrime": None if row["organised"] is None else row["organised"] == 1}
        return {**self.common(row, "Case"), "filedOn": row["filed_on"], **{name: row[name] for name in ("status", "category", "subdivision")},
                "offences": [offence], "linkedCases": [{"id": row["linked"]}] if row["linked"] else [],
                "participants": parts(OTHERS), "protectedParticipants": parts(PROTECTED), "warrants": self.nothing}
    def to_person(self, row):
        return {**self.common(row, "Person"), "birthDate": row["birth_date"], "names": [{"category": "LEGAL", "full": row["name"]}],
                "identifiers": [{"category": "PASSPORT", "jurisdiction": "BZ", "value": row["passport"]}],
                "sameAs": [{"id": row["same_as"]}] if row["same_as"] else [], "associates": self.nothing}
    def one(self, table, to_node, id): return next(map(to_node, self.rows(f"select * from {table} where id = :id", id=check_id(id))), None)
    def stub(self, id): return {"__typename": "Person", "id": check_id(id), "warrants": self.nothing, "cases": lambda given: self.cases(given, participant=id)}
    def roots(self, domain):
        """The fields of `Query`. In `cases`, a person is only the lists that hang on each well-formed id."""
        find = {"Case": lambda id: self.one(CASE, self.to_case, id), "Warrant": lambda id: check_id(id) and None,
                "Person": self.stub if domain == "cases" else lambda id: self.one(PERSON, self.to_person, id)}
        return {"__typename": "Query", "cases": self.cases, "warrants": self.nothing,
                "_entities": lambda given: [lambda _, each=each: find[each["__typename"]](each.get("id")) for each in given["representations"]],
                **{name.lower(): lambda given, name=name: find[name](given["id"]) for name in find}, "persons": lambda given: self.persons(given["search"], given),
                "personHits": lambda given: {"hits": [self.hit(given["search"])]},
                "personListHits": lambda given: {"hits": [{"item": at, **hit} for at, hit in enumerate(map(self.hit, given["searches"])) if hit["hit"]]}}

class Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True  # keeps connections open, and does not wait between packets
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = execute(Document(body["query"], body.get("variables")), Leg(self.headers).roots(self.path.strip("/")))
        content = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(200)
        salt = self.headers.get("Istmo-Request-Salt", "")  # says whose answer it is
        for each in {"Content-Type": "application/json", "Content-Length": str(len(content)), "Istmo-Request-Salt": salt}.items(): self.send_header(*each)
        self.end_headers()
        self.wfile.write(content)
    def log_message(self, *_): pass  # a line of a request may hold personal data

if __name__ == "__main__":
    database = sqlite3.connect("file:belize?mode=memory&cache=shared", uri=True)
    database.executescript(open(sys.argv[1], encoding="utf-8").read())
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
