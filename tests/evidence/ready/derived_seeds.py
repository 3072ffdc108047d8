"""What comes into being by itself in the small application with people, and what belongs to all of them."""

# With it, whoever writes a note is asked whether it may stay, and whoever changes one, whether it was meant.
REVIEWS = (
    (
        "create table if not exists audit",
        (
            "create table if not exists review (id text, owner integer, note integer, answer text);\n"
            "create table if not exists audit"
        ),
    ),
    (
        '        "/page"',
        (
            '        "/reviews": {"get": {}},\n        "/reviews/{review}/answer": {"post": takes(ANSWER)},\n'
            '        "/notes/{note_id}/doubts/{doubt}": {"get": {}},\n'
            '        "/notes/{note_id}/doubts/{doubt}/settle": {"post": {}},\n        "/page"'
        ),
    ),
    (
        "ANY = {",
        'ANSWER = {"type": "object", "properties": {"answer": TEXT}, "required": ["answer"]}\nANY = {',
    ),
    (
        '        audit(person, "note.created", id)\n',
        '        audit(person, "note.created", id)\n        self.ask(person, id)\n',
    ),
    (
        '            audit(person, "note.changed", id)\n',
        '            audit(person, "note.changed", id)\n            self.doubts.append((id, given["title"], [""]))\n',
    ),
    (
        "    def page(self",
        """    doubts = []

    def ask(self, person, id):
        DB.execute("insert into review values (?, ?, ?, '')", (secrets.token_hex(8), person[0], id))

    def reviews(self, person):
        rows = DB.execute("select * from review where owner = ?", (person[0],))
        return [{"id": row[0], "note": row[2], "answer": row[3]} for row in rows]

    def review(self, person, id, given):
        row = DB.execute("select * from review where id = ? and owner = ?", (id, person[0])).fetchone()
        if row is None:
            return self.answer(404, {"error": "Nothing like that is asked."})
        DB.execute("update review set answer = ? where id = ?", (given["answer"], id))
        audit(person, "review.changed " + id, row[2])
        return self.answer(200, {})

    def doubt(self, person, id, at):
        found = [one for one in self.doubts if one[0] == id]
        if self.note(person, id) is None or at >= len(found):
            return self.answer(404, {"error": "There is no such doubt."})
        if self.command == "POST":
            found[at][2][0] = "settled"
            audit(person, f"settled doubt {at}", id)
        return self.answer(200, {"doubt": at, "about": found[at][1], "is": found[at][2][0]})

    def page(self""",
    ),
    (
        """        if path == "/page":""",
        """        if path == "/reviews":
            return self.answer(200, self.reviews(person))
        if found := re.fullmatch(r"/reviews/(\\w+)/answer", path):
            return self.review(person, found[1], json.loads(body))
        if found := re.fullmatch(r"/notes/(\\d+)/doubts/(\\d+)(?:/settle)?", path):
            return self.doubt(person, int(found[1]), int(found[2]))
        if path == "/page":""",
    ),
    (
        '    return {"id": row[0], "title": row[2], "stars": row[3]}',
        """    doubts = [one for one in App.doubts if one[0] == row[0]]
    told = [{"n": at, "about": one[1], "is": one[2][0]} for at, one in enumerate(doubts)]
    return {"id": row[0], "title": row[2], "stars": row[3], "doubts": told}""",
    ),
)
# What can be read once there is something to be read: how a note stood before.
BEFORE = (
    ('        "/page"', '        "/notes/{note_id}/before": {"get": {}},\n        "/page"'),
    (
        """        if path == "/page":""",
        """        if found := re.fullmatch(r"/notes/(\\d+)/before", path):
            return self.before(person, int(found[1]))
        if path == "/page":""",
    ),
    (
        "    def page(self",
        """    olds = {}

    def before(self, person, id):
        if id not in self.olds or self.note(person, id) is None:
            return self.answer(404, {"error": "There is nothing before that."})
        return self.answer(200, {"title": self.olds[id]})

    def page(self""",
    ),
    (
        '            DB.execute("update note set title',
        '            self.olds[id] = row[2]\n            DB.execute("update note set title',
    ),
)
# What belongs to everybody, and is spoken of at what is hers.
TOPICS = (
    (
        '        "/page"',
        (
            '        "/topics": {"get": {}},\n        "/topics/{topic}": {"get": {}},\n'
            '        "/topics/{topic}/vote": {"post": {}},\n        "/page"'
        ),
    ),
    (
        """        if path == "/page":""",
        """        if path == "/topics":
            return self.answer(200, [{"id": "topic-of-all", "name": "All sorts"}])
        if path in ("/topics/topic-of-all", "/topics/topic-of-all/vote"):
            return self.answer(200, {"id": "topic-of-all", "name": "All sorts"})
        if path == "/page":""",
    ),
    ('return {"id": row[0], ', 'return {"id": row[0], "topic": {"id": "topic-of-all"}, '),
)
