package dashboard

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
)

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }

// change sends what a page's own form sends.
func change(s *site, target, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader("token=the-token&"+form))
	r.Host = "localhost:3001"
	r.Header = http.Header{"Origin": {"http://localhost:3001"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// R10: what may change something is sent again only where somebody has said so, and
// only to a backend.
func TestReplay(t *testing.T) {
	for _, c := range []struct {
		target, form string
		status       int
		asked        string // last, of the project
	}{
		{"/requests/1/replay", "", 303, `replay 1 ""`},
		{"/requests/1/replay", "backend=Web", 303, `replay 1 "Web"`},
		{"/requests/2/replay", "", 400, "detail 2 false"},
		{"/requests/2/replay", "confirm=no", 400, "detail 2 false"},
		{"/requests/2/replay", "confirm=yes&backend=api", 303, `replay 2 "api"`},
		{"/requests/8/replay", "", 404, "detail 8 false"},
		{"/requests/x/replay", "", 404, ""},
	} {
		p := newFake()
		w := change(newSite(p), c.target, c.form)
		last := ""
		if len(p.asked) > 0 {
			last = p.asked[len(p.asked)-1]
		}
		if w.Code != c.status || last != c.asked || c.status == 303 && w.Header().Get("Location") != "/requests/9" {
			t.Errorf("%s %s: %d to %q, asked %q; want %d, %q", c.target, c.form, w.Code, w.Header().Get("Location"), p.asked, c.status, c.asked)
		}
	}
}

// D2: secrets are shown only where a person at this page asks for them.
func TestSecretsAreAskedFor(t *testing.T) {
	for _, c := range []struct {
		target, site string
		want         string
	}{
		{"/requests/1", "none", "detail 1 false"}, {"/requests/1?secrets", "same-origin", "detail 1 true"}, {"/requests/1/har", "same-origin", "detail 1 false"},
		{"/requests/1/har?secrets", "same-origin", "detail 1 true"}, {"/requests/1?secrets", "cross-site", "detail 1 false"}, {"/requests/1?secrets", "same-site", "detail 1 false"},
	} {
		p := newFake()
		w := httptest.NewRecorder()
		newSite(p).ServeHTTP(w, sent(t, "GET", c.target, "localhost:3001", "Sec-Fetch-Site: "+c.site, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"))
		if w.Code != 200 || len(p.asked) != 1 || p.asked[0] != c.want {
			t.Errorf("%s from %s: %d, asked %q", c.target, c.site, w.Code, p.asked)
		}
	}
}

func packed(t *testing.T, text string, w func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	z := w(&b)
	io.WriteString(z, text)
	z.Close()
	return b.Bytes()
}

// A body is shown as what it is.
func TestBodies(t *testing.T) {
	gz := packed(t, `{"a":[1,2]}`, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	deflated := packed(t, "plain", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	bomb := packed(t, strings.Repeat("a", 10<<20), func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	png := []byte("\x89PNG\r\n\x1a\n\x00\x00")
	for name, c := range map[string]struct {
		kind, coding  string
		body          []byte
		size          int64
		kept          bool
		text, picture string // beginning of the text
		note          string
	}{
		"JSON":             {"application/json; charset=utf-8", "", []byte(`{"a":[1,2]}`), 11, true, "{\n  \"a\": [\n    1,", "", ""},
		"a kind of JSON":   {"application/problem+json", "", []byte(`{"a":1}`), 7, true, "{\n  \"a\": 1\n}", "", ""},
		"broken JSON":      {"application/json", "", []byte(`{"a":`), 5, true, `{"a":`, "", ""},
		"packed JSON":      {"application/json", "gzip", gz, int64(len(gz)), true, "{\n  \"a\": [", "", ""},
		"deflated text":    {"text/plain", "deflate", deflated, 9, true, "plain", "", ""},
		"a packed bomb":    {"text/plain", "gzip", bomb, int64(len(bomb)), true, "aaaa", "", "only the beginning was kept"},
		"packed, cut":      {"text/plain", "gzip", gz[:len(gz)-4], 99, false, `{"a":[1,2]}`, "", "only the beginning was kept"},
		"not packed":       {"text/plain", "gzip", []byte("no"), 2, true, "no", "", "only the beginning was kept"},
		"packed by brotli": {"text/plain", "br", []byte("\x8b\x00\x80"), 3, true, "", "", "not a text"},
		"markup":           {"text/html", "", []byte("<b>"), 3, true, "<b>", "", ""},
		"a form":           {"application/x-www-form-urlencoded", "", []byte("a=b"), 3, true, "a=b", "", ""},
		"without a type":   {"", "", []byte(`[1]`), 3, true, "[\n  1\n]", "", ""},
		"a picture":        {"image/png", "", png, 10, true, "", "/requests/5/body/answer", ""},
		"a part of one":    {"image/png", "", png, 99, false, "", "", "not a text"},
		"SVG":              {"image/svg+xml", "", []byte("<svg/>"), 6, true, "", "/requests/5/body/answer", ""},
		"bytes":            {"application/zip", "", []byte("PK\x00\xff"), 4, true, "", "", "not a text"},
		"cut in a rune":    {"text/plain", "", []byte("a\xe2\x82"), 99, false, "a", "", "only the beginning was kept"},
		"Latin-1":          {"text/plain", "", []byte("caf\xe9"), 4, true, "caf\uFFFD", "", ""},
		"nothing kept":     {"text/plain", "", nil, 70000, false, "", "", "the body was not kept"},
		"none":             {"text/plain", "", nil, 0, true, "", "", ""},
	} {
		m := control.Message{Header: http.Header{"Content-Type": {c.kind}, "Content-Encoding": {c.coding}}, Body: c.body, Size: c.size, Kept: c.kept}
		v := viewOf(m, 5, "answer")
		if !strings.HasPrefix(v.Text, c.text) || (c.text == "") != (v.Text == "") || v.Picture != c.picture || v.Note != c.note || len(v.Text) > unpackedMax {
			t.Errorf("%s: %.60q, %q, %q", name, v.Text, v.Picture, v.Note)
		}
	}
}

// A body is given as a picture to an <img>, and never as a document: SVG has scripts.
func TestABodyIsNeverADocument(t *testing.T) {
	p := newFake()
	p.kept[0].Answer = control.Message{Header: http.Header{"Content-Type": {"image/svg+xml"}}, Body: []byte("<svg/>"), Size: 6, Kept: true}
	for dest, want := range map[string]int{"image": 200, "document": 404, "iframe": 404, "script": 404, "empty": 404} {
		w := httptest.NewRecorder()
		newSite(p).ServeHTTP(w, sent(t, "GET", "/requests/1/body/answer", "localhost:3001", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: "+dest))
		csp := w.Header().Get("Content-Security-Policy")
		if w.Code != want || want == 200 && (!strings.Contains(csp, "sandbox") || w.Header().Get("Content-Disposition") != "attachment; filename=body") {
			t.Errorf("%s: %d, %q", dest, w.Code, csp)
		}
	}
	// Text is no picture, whoever asks.
	if w := get(t, newSite(p), "/requests/1/body/0"); w.Code != 404 {
		t.Errorf("text: %d", w.Code)
	}
}

// D1: a shell makes of the command what the client has sent, byte by byte.
func TestCurlIsWhatAShellUnderstands(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// A curl that writes what it was given: each word, ended by a NUL byte, then its input.
	script := "#!/bin/sh\nfor w in \"$@\"; do printf '%s\\0' \"$w\"; done\ncase \"$*\" in *@-*) cat;; esac\n"
	if err := os.WriteFile(filepath.Join(dir, "curl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(command string) []string {
		cmd := exec.Command(sh, "-c", command)
		cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s\n%s", err, out, command)
		}
		return strings.Split(string(out), "\x00")
	}
	body := make([]byte, 256)
	for i := range body {
		body[i] = byte(i)
	}
	rand.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	evil := `$(touch x) '"; rm -rf / #` + "`id`\n\\%s"
	for name, c := range map[string]struct {
		d    control.Detail
		want []string
	}{
		"a GET": {detailOf("GET", "/a?b=c&d=$HOME", "localhost:3000", nil, ""), []string{"http://localhost:3000/a?b=c&d=$HOME", ""}},
		"by another name": {detailOf("GET", "/[a]/../b", "shop.test", nil, ""),
			[]string{"--globoff", "--path-as-is", "http://localhost:3000/[a]/../b", "-H", "Host: shop.test", ""}},
		"a service alone": {detailOf("HEAD", "/", "api.localhost:3000", nil, ""), []string{"--head", "http://api.localhost:3000/", ""}},
		"headers": {detailOf("DELETE", "/", "localhost:3000", http.Header{"X-A": {evil[:20], ""}, "Connection": {"close"}, "Content-Length": {"7"}, "Accept-Encoding": {"gzip"}}, ""),
			[]string{"-X", "DELETE", "--compressed", "http://localhost:3000/", "-H", "Accept-Encoding: gzip", "-H", "X-A: " + evil[:20], "-H", "X-A;", ""}},
		"a text": {detailOf("POST", "/", "localhost:3000", http.Header{"Content-Type": {"a/b"}}, evil),
			[]string{"-X", "POST", "http://localhost:3000/", "-H", "Content-Type: a/b", "--data-raw", evil, ""}},
		"a text like a file": {detailOf("POST", "/", "localhost:3000", nil, "@/etc/passwd"),
			[]string{"-X", "POST", "http://localhost:3000/", "-H", "Content-Type:", "--data-raw", "@/etc/passwd", ""}},
		"a body of a GET": {detailOf("GET", "/", "localhost:3000", nil, "x"), []string{"-X", "GET", "http://localhost:3000/", "-H", "Content-Type:", "--data-raw", "x", ""}},
		"an odd method":   {detailOf("A'B", "/", "localhost:3000", nil, ""), []string{"-X", "A'B", "http://localhost:3000/", ""}},
	} {
		if got := run(curl("http://localhost:3000", c.d)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q\n%s", name, got, c.want, curl("http://localhost:3000", c.d))
		}
	}
	// Of a body that no word of a shell can be, every byte comes through the pipe.
	got := strings.Join(run(curl("http://localhost:3000", detailOf("POST", "/", "localhost:3000", nil, string(body)))), "\x00")
	if _, piped, found := strings.Cut(got, "@-\x00"); !found || piped != string(body) {
		t.Errorf("got %q, want %q", got, body)
	}
	cut := detailOf("POST", "/", "localhost:3000", nil, "part")
	cut.Request.Kept = false
	if text := curl("http://localhost:3000", cut); !strings.HasPrefix(text, "# the body was not kept as a whole\ncurl") || strings.Contains(text, "part") {
		t.Errorf("a part of a body: %s", text)
	}
}

func detailOf(method, path, host string, h http.Header, body string) control.Detail {
	return control.Detail{
		Exchange: control.Exchange{ID: 5, Method: method, Path: path, At: at}, Host: host,
		Request: control.Message{Header: h, Body: []byte(body), Size: int64(len(body)), Kept: true},
	}
}

// D2: the lines of all services while a request was answered, and no others.
func TestLinesOfARequest(t *testing.T) {
	p := newFake()
	for n := range uint64(windowMax) {
		l := p.lines[1]
		l.Number = 10 + n
		p.lines = append(p.lines, l)
	}
	shown, cut := newSite(p).linesDuring(t.Context(), p.kept[0].Exchange)
	if len(shown) != windowMax || cut != 2 || shown[0].Service != "api" || shown[1].Service != "work" {
		t.Errorf("%d lines, %d cut: %+v", len(shown), cut, shown[:2])
	}
	if shown, _ := newSite(newFake()).linesDuring(t.Context(), control.Exchange{At: at.Add(-time.Hour)}); shown != nil {
		t.Errorf("got %+v", shown)
	}
}

// HAR 1.2: required members are there, with the types that the format wants.
func TestHAR(t *testing.T) {
	p := newFake()
	p.kept[2].Answer = control.Message{Header: http.Header{"Content-Type": {"image/png"}, "Location": {"/next"}}, Body: []byte("\x89PNG"), Size: 4, Kept: true}
	for target, entries := range map[string]int{"/requests.har": 3, "/requests/1/har": 1} {
		w := get(t, newSite(p), target)
		if !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") {
			t.Errorf("%s: %q", target, w.Header().Get("Content-Disposition"))
		}
		var archive map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &archive); err != nil {
			t.Fatal(err)
		}
		log := archive["log"].(map[string]any)
		if log["version"] != "1.2" || !reflect.DeepEqual(log["creator"], map[string]any{"name": "devgate", "version": "1.2.3"}) {
			t.Errorf("%v %v", log["version"], log["creator"])
		}
		all := log["entries"].([]any)
		if len(all) != entries {
			t.Errorf("%s: %d entries", target, len(all))
		}
		for _, e := range all {
			checkEntry(t, e.(map[string]any))
		}
	}
	first := entryOf("http://localhost:3000", p.kept[0])
	if first.Request.URL != "http://localhost:3000/users?a=%3Cb%3E%22&c=1" || !slices.Equal(first.Request.Query, []harPair{{"a", `<b>"`}, {"c", "1"}}) {
		t.Errorf("%+v", first.Request)
	}
	if first.Response.Content.Text != `{"users":["<i>Ada</i>"]}` || first.Timings != (harTimings{Blocked: 2, Wait: 3.3}) {
		t.Errorf("%+v, %+v", first.Response.Content, first.Timings)
	}
	for target, want := range map[string]string{"/a%20b%2": "/a%20b%252", "/%zz [é]": "/%25zz%20[%C3%A9]", "/ok?a=b&c;d": "/ok?a=b&c;d"} {
		if got := uriOf(target); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	post := entryOf("http://localhost:3000", p.kept[1])
	if post.Request.PostData == nil || post.Request.PostData.Text != "it's" || post.Response.Content.Text != "" {
		t.Errorf("%+v", post)
	}
	left := entryOf("http://localhost:3000", p.kept[2])
	if left.Comment == "" || left.Response.Content.Encoding != "base64" || left.Response.Content.Text != "iVBORw==" || left.Response.RedirectURL != "/next" {
		t.Errorf("%+v", left)
	}
}

// checkEntry holds an entry against the format's list of members.
func checkEntry(t *testing.T, e map[string]any) {
	t.Helper()
	want := func(where string, m map[string]any, kinds map[string]any) {
		t.Helper()
		for name, kind := range kinds {
			if got, found := m[name]; !found || reflect.TypeOf(got) != reflect.TypeOf(kind) {
				t.Errorf("%s.%s is %T, want %T", where, name, got, kind)
			}
		}
	}
	text, number, list, object := "", 0.0, []any{}, map[string]any{}
	want("entry", e, map[string]any{"startedDateTime": text, "time": number, "request": object, "response": object, "cache": object, "timings": object})
	if _, err := time.Parse(time.RFC3339, e["startedDateTime"].(string)); err != nil {
		t.Error(err)
	}
	request := e["request"].(map[string]any)
	want("request", request, map[string]any{"method": text, "url": text, "httpVersion": text, "cookies": list, "headers": list, "queryString": list, "headersSize": number, "bodySize": number})
	if post, found := request["postData"]; found {
		want("postData", post.(map[string]any), map[string]any{"mimeType": text, "params": list, "text": text})
	}
	response := e["response"].(map[string]any)
	want("response", response, map[string]any{
		"status": number, "statusText": text, "httpVersion": text, "cookies": list, "headers": list, "content": object, "redirectURL": text, "headersSize": number, "bodySize": number,
	})
	want("content", response["content"].(map[string]any), map[string]any{"size": number, "mimeType": text})
	timings := e["timings"].(map[string]any)
	want("timings", timings, map[string]any{"send": number, "wait": number, "receive": number})
	sum := 0.0
	for _, v := range timings {
		sum += max(v.(float64), 0)
	}
	if total := e["time"].(float64); sum < total-0.01 || sum > total+0.01 {
		t.Errorf("the parts take %v, the whole %v", sum, total)
	}
}
