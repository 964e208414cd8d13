"""What is private, without a browser: names, forms, shapes, bodies, markup, sources; page and driver agree."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.javascript import js_dir, link
from harness.privacy.bodies import mask_body
from harness.privacy.css import mask_css
from harness.privacy.markup import mask_html
from harness.privacy.names import names_sensitive
from harness.privacy.patterns import find_patterns, mask_patterns
from harness.privacy.redactor import Redactor
from harness.privacy.rewrite import Mask, redact
from harness.privacy.scan import Wanted, scan
from harness.privacy.secrets import Secrets, forms_of
from harness.privacy.settings import PrivacySettings, Rule, parse_rule, privacy_settings
from harness.privacy.shapes import find_shapes, mask_shapes
from harness.privacy.source_code import mask_source
from harness.privacy.text import mask_text
from harness.privacy.urls import mask_url
from harness.storage import RecordingReader, RecordingWriter
from harness.storage.verify import verify
from tests.storage_files import GOLDEN_V2, HEADER, event, lines, page_open

SALT = (123_456_789, 3_987_654_321)
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"


def redactor(level: str = "allow", **options: Any) -> Redactor:
    return Redactor(PrivacySettings(level=level, **options))


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "user[email]",
        "cardNumber",
        "cc-csc",
        "zip_code",
        "X-CSRF-Token",
        "Ihr Passwort",
        "Phone number",
        "Kartennummer",
    ],
)
def test_names_that_speak_of_something_sensitive(name: str) -> None:
    assert names_sensitive(name)


@pytest.mark.parametrize(
    "name", ["q", "name", "city", "tokenizer", "spinner", "mailing-list-size", "comment", "order_id"]
)
def test_names_that_do_not(name: str) -> None:
    assert not names_sensitive(name)


@pytest.mark.parametrize(
    "text",
    [
        "ada.l+x@mail.example.org",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "+49 30 123456",
        "(555) 123-4567",
        "078-05-1120",
        "AB123456C",
        "12345678Z",
        "123.456.789-09",
    ],
)
def test_personal_data_is_known_by_its_form(text: str) -> None:
    masked = mask_patterns(f"write to {text}, please")
    assert text not in masked
    assert len(masked) == len(f"write to {text}, please")
    assert next(find_patterns(text))


@pytest.mark.parametrize(
    "text",
    ["4111 1111 1111 1112", "2026-11-24 13:05:09", "order 1234567", "$1,299.00", "v1.2.3", "192.168.0.1", "3 @ 5"],
)
def test_other_numbers_are_not(text: str) -> None:
    assert mask_patterns(text) == text


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "xoxb-123456789012-abcdef",
        "sk_live_" + "a1" * 12,
        "AIza" + "Sy" * 17 + "x",
        "glpat-" + "x1" * 10,
        "npm_" + "a1" * 18,
    ],
)
def test_secrets_are_known_by_their_shape_in_text_and_bytes(secret: str) -> None:
    text = f'{{"a":"see {secret}."}}'
    assert json.loads(mask_shapes(text))["a"] == f"see {'*' * len(secret)}."
    assert mask_shapes(text.encode()) == mask_shapes(text).encode()
    assert [found for _, found in find_shapes(text)] == [secret]
    assert not list(find_shapes(mask_shapes(text)))


def test_values_of_urls_and_of_embedded_json() -> None:
    text = json.dumps(
        {"href": "https://a:pass@h/?x=1&token=abc&amp;email=x%40y#access_token=z", "data": '{"password":"hunter2"}'}
    )
    masked = mask_shapes(text)
    for secret in (":pass@", "=abc", "x%40y", "=z", "hunter2"):
        assert secret not in masked
    assert "x=1" in masked
    json.loads(masked)


@settings(deadline=None)
@given(
    st.text(min_size=6, max_size=30).filter(lambda text: len(text.strip()) >= 6),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_a_named_secret_is_found_in_every_form(secret: str, before: str, after: str) -> None:
    secrets = Secrets()
    secrets.add(secret)
    secret = secret.strip()
    for coded in (
        json.dumps(before + secret + after),
        base64.b64encode(f"{before}{secret}{after}".encode("utf-8", "replace")).decode(),
    ):
        masked = secrets.mask_bytes(coded.encode())
        assert len(masked.decode()) == len(coded)
        assert not any(
            form.encode("utf-8", "surrogatepass") in masked for form in forms_of(secret) if set(form) != {"*"}
        )


def test_a_secret_too_short_to_be_told_from_other_text_is_refused() -> None:
    with pytest.raises(UsageError, match="4 or more"):
        Secrets().add(" abc ")


def test_what_was_typed_of_a_secret_so_far_is_masked() -> None:
    redact_lines = redactor(secrets=("correct horse",)).scrub
    line = b'{"t":1,"kind":"input","data":{"text":"correct ho","id":3}}\n'
    assert json.loads(redact_lines(line))["data"]["text"] == "*" * 10
    assert redact_lines(line.replace(b"correct ho", b"cor")) == line.replace(b"correct ho", b"cor")


def test_bodies_by_key_path_form_and_part() -> None:
    def masked(text: str, mime: str) -> str:
        return mask_body(text, mime, lambda value: value, paths=("items.*.note",))

    body = json.dumps({"user": {"password": "p", "n": 1}, "items": [{"note": "n", "name": "x"}], "cvv": 123})
    assert json.loads(masked(body, "application/json")) == {
        "user": {"password": "*", "n": 1},
        "items": [{"note": "*", "name": "x"}],
        "cvv": 0,
    }
    assert masked("a=1&password=h%20x&b=", "application/x-www-form-urlencoded") == "a=1&password=*+*&b="
    part = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    text = part.format("email", "a@b.c") + part.format("note", "kept") + "--B--\r\n"
    assert masked(text, "multipart/form-data; boundary=B") == text.replace("a@b.c", "*****")
    assert masked('{"a":1}\n{"token":"x"}', "application/x-ndjson") == '{"a":1}\n{"token":"*"}'
    assert masked("{not json", "application/json") == "{not json"


@pytest.mark.parametrize(
    "text",
    [
        "012 " + "1" * 5000 + "a",
        "a@" + "a." * 20000 + "1",
        "eyJ" * 50000,
        "-----BEGIN PRIVATE KEY-----" * 5000,
        "1 " * 20000 + "x",
        "http://" * 5000,
        "://" * 50000,
        "?token" * 20000,
        "AB12 " * 10000,
        "é" * 50000 + "@",
    ],
)
def test_no_text_makes_an_expression_slow(text: str) -> None:
    began = time.process_time()
    mask_patterns(text)
    mask_shapes(text)
    mask_shapes(text.encode())
    redactor("mask-user-input").clean(text)
    mask_css(text, lambda url: url)
    assert time.process_time() - began < 2


def test_headers_and_cookies() -> None:
    header = redactor().header
    assert header("Authorization", "Bearer abc.def") == "Bearer *******"
    assert header("cookie", "a=1; session=xyz") == "a=*; session=***"
    assert header("Set-Cookie", "sid=xyz; Path=/; HttpOnly") == "sid=***; Path=/; HttpOnly"
    assert header("X-Api-Key", "abc") == "***"
    assert header("Content-Type", "text/html") == "text/html"
    assert redactor("mask").header("X-Note", "Hello 1") == "Xxxxx 0"
    assert "anna" not in redactor("mask-user-input").header("Referer", "https://h/?q=anna")


def test_markup_is_hidden_where_its_marks_say() -> None:
    page = """<!doctype html><html><body><p data-harness-privacy="mask">private <b data-dd-privacy="allow">shown</b></p>
    <div class="rr-block"><i>gone</i></div><input type=password value=pw><label>Card number <input value=4111></label>
    <input name=q value=kept><p class=ruled>ruled</p><script>var state = "private"</script></body></html>"""
    masked = mask_html(page, rules=[Rule(level="hidden", selector=".ruled")])
    for word in ("private", "gone", "pw", "4111", ">ruled<"):
        assert word not in masked
    assert "shown" in masked
    assert "kept" in masked
    assert mask_html("<p>plain</p>") == "<p>plain</p>"


def test_sources_do_not_tell_what_they_type() -> None:
    source = 'PASSWORD = "hunter22"\npage.fill("#password", "s3cret")\npage.get_by_label("E-mail").fill("a@b.cd")\n'
    source += 'page.fill("#name", "Ada")\nlogin(password="pw pw")\nprint("s3cret ü")\n'
    masked = mask_source(source)
    for secret in ("hunter22", "s3cret", "a@b.cd", "pw pw"):
        assert secret not in masked
    assert 'page.fill("#name", "Ada")' in masked
    assert len(masked.encode()) == len(source.encode())
    assert mask_source("def broken(:") == "def broken(:"


@pytest.mark.skipif(shutil.which("node") is None, reason="asks JavaScript, outside a browser")
def test_page_and_driver_mask_alike() -> None:
    urls = [
        "https://u:p@h/a/b?x=1&y=%C3%BC&z#frag",
        "mailto:ada@x.org",
        "?q=\U0001f600&",
        "#",
        "javascript:alert(1)",
        "a.png?v=1",
    ]
    texts = ["Hello, World 42!", "schön 漢字 \U0001f600 שלום e\u0301 \ue001", "£12.50 – “quoted”"]
    sheets = [
        "a::before { content: 'x1 \\f101 \\41' } [data-s='open'] { color: red } @import 'a.css?q=1';",
        "[data-s='opera'] { top: 0 } [title='open'] { top: 1px }",
        "/* c */ p { font-family: 'Open Sans'; background: url(a.png?x=1) } input[type='text'] { --x: 'y' }",
    ]
    modules = {name: link(js_dir() / "recorder" / f"mask_{name}.js") for name in ("url", "text", "css", "attributes")}
    script = "".join(f"const {name} = {source};\n" for name, source in modules.items())
    given = json.dumps([urls, texts, sheets])
    script += f"""const [urls, texts, sheets] = {given}; const salt = {json.dumps(SALT)};
    const maskUrl = (u) => url.maskUrl(u, salt); const {{ isText, isState }} = attributes;
    const masksAttribute = (name, value) => isText(name, false) && !isState(name, value);
    const cssOf = (sheet) => css.maskCss(sheet, {{ maskUrl, masksAttribute }});
    console.log(JSON.stringify([urls.map(maskUrl), texts.map(text.maskText), sheets.map(cssOf)]));"""
    said = json.loads(subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout)
    assert said[0] == [mask_url(url, SALT) for url in urls]
    assert said[1] == [mask_text(text) for text in texts]
    assert said[2] == [mask_css(sheet, lambda url: mask_url(url, SALT)) for sheet in sheets]
    assert [len(text.encode("utf-16-le")) for text in said[1]] == [len(text.encode("utf-16-le")) for text in texts]


def test_settings_come_from_the_project_and_are_added_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "t0k3n-value")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.harness.privacy]\nlevel = "mask-user-input"\nsecret-env = ["API_TOKEN"]\nunmask = ["Total"]\n'
        '[[tool.harness.privacy.rules]]\nselector = ".c"\nlevel = "hidden"\n'
    )
    below = tmp_path / "tests"
    below.mkdir()
    settings = privacy_settings(project=below, rules=[parse_rule("mask=#x@@*/admin/*")])
    assert (settings.level, settings.secrets, settings.unmask) == ("mask-user-input", ("t0k3n-value",), ("Total",))
    assert settings.rules == (Rule(level="hidden", selector=".c"), Rule(level="mask", selector="#x", url="*/admin/*"))
    assert privacy_settings(project=below, level="allow").level == "allow"
    assert "t0k3n" not in repr(settings)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ('level = "none"', "level is 'none'"),
        ("colour = 1", "'colour' is not known"),
        ("rules = [{}]", "has a level"),
        ('rules = [{level = "mask"}]', "needs a selector or a url"),
        ("unmask = 1", "no list of texts"),
    ],
)
def test_settings_that_cannot_be_meant(tmp_path: Path, table: str, what: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.harness.privacy]\n{table}\n")
    with pytest.raises(UsageError, match=what):
        privacy_settings(project=tmp_path)


def test_literals_in_a_script_that_is_evaluated_are_masked_by_their_name() -> None:
    script = (
        """login({user: "ada", password: "hunter2", api_key='k-12345', "token":`abcdef`}); const token = await get()"""
    )
    redactor = Redactor(PrivacySettings())
    step = redactor.event("step", {"title": f'Evaluate "{script}"', "params": {"expression": script}})
    for text in (step["title"], step["params"]["expression"]):
        assert not any(secret in text for secret in ("hunter2", "k-12345", "abcdef"))
        assert all(kept in text for kept in ('user: "ada"', "const token = await get()"))
    source = mask_source(f"page.evaluate({script!r})\nname = 'ada'\n")
    assert not any(secret in source for secret in ("hunter2", "k-12345", "abcdef"))
    assert "name = 'ada'" in source


def test_message_of_a_failed_test_holds_no_personal_data_where_the_level_says_so() -> None:
    failed = {"nodeid": "t.py::t", "outcome": "failed", "message": "assert 'ada@example.org' == ''", "longrepr": "E"}
    message = Redactor(PrivacySettings(level="mask-user-input")).event("test", failed)["message"]
    assert "ada@example" not in message
    assert "assert" in message


@pytest.fixture
def holding(tmp_path: Path) -> Path:
    """A recording that holds `zebra-crossing` in one form after the other, and a token."""
    path = tmp_path / "run.replay"
    secret = "zebra-crossing"
    forms = [
        secret,
        secret.replace("-", "%2D"),
        "zebra&#45;crossing",
        base64.b64encode(f"x {secret}".encode()).decode() + "AA",
        base64.b64encode(gzip.compress(secret.encode())).decode(),
        base64.b64encode(secret.encode("utf-16-le")).decode(),
        json.dumps(json.dumps({"a": "zebra\u002dcrossing"})),
    ]
    with RecordingWriter(path, {**HEADER, "title": f"of {secret}"}) as writer:
        made = [page_open(), *[event("mark", n, label="form", data={"form": form}) for n, form in enumerate(forms)]]
        digest = writer.write_asset(f"a::before {{ content: '{secret}' }}".encode(), "text/css")
        made += [event("resource", 20, page=1, url="https://h/a.css", status=200, mime="text/css", hash=digest, size=9)]
        made += [event("console", 21, page=1, level="log", text=f"got {JWT}")]
        writer.write_events(lines(made), count=len(made), first_ms=0, last_ms=21)
    return path


def test_scan_finds_every_form_and_says_where(holding: Path) -> None:
    finds = [str(find) for find in scan(holding, Wanted(["zebra-crossing"]))]
    assert len([find for find in finds if "data.data.form: given value zebr… (14 characters)" in find]) == 7
    for part in (
        "header: given value",
        "asset ",
        "(https://h/a.css)",
        "index: given value",
        "(console), data.text: JSON web token eyJh",
    ):
        assert any(part in find for find in finds), part
    assert not any("zebra-crossing" in find for find in finds)
    assert not list(scan(holding, Wanted(["no such words"], shapes=False)))


def test_redact_takes_it_out_and_leaves_a_good_recording(holding: Path, tmp_path: Path) -> None:
    target = tmp_path / "clean.replay"
    result = redact(holding, target, Mask(frozenset({"zebra-crossing"})))
    assert (result.segments, result.assets) == (1, 1)
    assert verify(target).fault is None
    # What is packed once more cannot be taken out piece by piece; the command says so.
    left = [str(find) for find in scan(target, Wanted(["zebra-crossing"]))]
    assert {find.partition(",")[0] for find in left} == {"segment 0", "index: given value zebr… (14 characters)"}, left
    with RecordingReader(target) as reader:
        (digest,) = reader.index.assets
        assert [e["data"]["hash"] for e in reader.events() if e["kind"] == "resource"] == [digest]
        assert reader.header["title"] == "of **************"
    with pytest.raises(UsageError, match="the recording itself"):
        redact(holding, holding, Mask(frozenset()), force=True)


def test_fields_in_html_are_known_by_their_place_and_what_they_are_for() -> None:
    shown = mask_html(
        "<table><tr><td>Card number</td><td><input value=Q1111111></table><div>PIN: <input value=Q2222222></div>"
        "<div contenteditable aria-label=Password>Q3333333</div><output name=iban>Q4444444</output>"
        "<input name=email list=l><datalist id=l><option value=Q5555555 label=Q6666666>Q7777777</datalist>"
        "<p>Find your way in this address book of ours</p><input value=K1111111><div contenteditable>K2222222</div>",
    )  # fmt: skip
    assert "Q" not in shown
    assert "K1111111" in shown
    assert "K2222222" in shown


def test_what_a_field_was_written_with_is_not_shown_where_a_style_may_draw_it_as_dots() -> None:
    fields = (
        "<input class=d value=Q1111111><input type=search value=Q2222222><textarea>Q3333333</textarea><p>K4444444</p>"
    )
    fields += "<input type=submit value=K5555555>"
    assert "Q1111111" in mask_html(fields)
    sheet = "<style>.d { -webkit-text-security: disc }</style>"
    elsewhere = "<!doctype html><link rel=stylesheet href=a.css>"
    for shown in (mask_html(sheet + fields), mask_html(elsewhere + fields), mask_html(fields, draws_dots=True)):
        assert "Q" not in shown
        assert "K4444444" in shown
        assert "K5555555" in shown
    # Once such a sheet has come, what is put into its page afterwards is not known to be shown either.
    one = redactor()
    assert "Q1111111" in one.body(fields, "text/html", sent=False)
    one.asset(b".d { -webkit-text-security: disc }", "text/css")
    assert "Q" not in one.body(fields, "text/html", sent=False)
    assert "Q" not in one.body(json.dumps({"html": fields}), "application/json", sent=False)


def test_what_sensitive_fields_offer_and_echo_is_not_shown() -> None:
    shown = mask_html(
        "<label>Delivery address <select><optgroup label=Q1111111><option value=Q2222222 data-x=Q3333333 selected>"
        "Q4444444</select></label><select name=card><option>Q5555555</select><input type=email id=m>"
        "<output for=m>Q6666666</output><label>Address type <select><option value=K1111111>K2222222</select></label>"
        "<output>K3333333</output>"
    )
    assert "Q" not in shown
    assert "selected" not in shown
    for kept in ("K1111111", "K2222222", "K3333333"):
        assert kept in shown
    assert "Visa" not in mask_source('page.select_option("#card_number", "Visa of Ada")\n')


def test_a_recording_of_the_second_format_is_looked_through_and_redacted(tmp_path: Path) -> None:
    source, target = GOLDEN_V2 / "compact.replay", tmp_path / "clean.replay"
    (place,) = {
        str(find).partition(",")[0] for find in scan(source, Wanted(["shop.example"])) if "segment" in str(find)
    }
    assert place == "segment 0"
    redact(source, target, Mask(frozenset({"shop.example"})))
    assert verify(target).fault is None
    assert not list(scan(target, Wanted(["shop.example"])))
    with RecordingReader(source) as before, RecordingReader(target) as after:
        told = [json.dumps(event).replace("shop.example", "*" * 12) for event in before.events()]
        assert [json.dumps(event) for event in after.events()][1:] == told[1:]


def test_what_a_failure_quotes_is_known_by_the_element_it_was_about() -> None:
    said = (
        "Locator expected to have text 'no'\nActual value: Q1111111 \nCall log:\n"
        '  - locator resolved to <input id="a" type="password" value="Q2222222">\n    - unexpected value "Q3333333"\n'
        "\nAria snapshot:\n- textbox: Q4444444\n- paragraph: Q5555555"
    )
    plain = said.replace(' type="password"', "")
    one = redactor()
    assert "Q" not in one.event("step-end", {"id": "s1", "error": {"message": said}})["error"]["message"]
    assert "Q1111111" not in one.event("status", {"error": "it was Q1111111"})["error"], "learnt"
    shown = redactor().event("step-end", {"id": "s1", "error": {"message": plain}})["error"]["message"]
    assert [word in shown for word in ("Q1111111", "Q2222222", "Q3333333", "Q4444444", "Q5555555")] == [
        *(True, False, True, False, True)
    ]
    for masked in (
        redactor("mask").event("test", {"message": plain}),
        redactor().event("test", {"message": plain}, strict=True),
    ):
        assert "Q" not in masked["message"]
    trace = {"message": "Error: no\n    at <anonymous>:1:2\n    at f (a.js:1:1)"}
    assert redactor("mask").event("step-end", {"id": "s1", "error": trace})["error"] == trace
    step = {"id": "s2", "title": "", "params": {"selector": "#card-number"}}
    one.event("step", step)
    assert "Q" not in one.event("step-end", {"id": "s2", "log": ['unexpected value "Q6666666"']})["log"][0]
    hasty = {"id": "s3", "error": {"message": 'Received: "Q7777777"'}, "log": ['waiting for locator("#x")']}
    assert "Q" not in one.event("step-end", hasty)["error"]["message"], "nobody knows what element it was"
