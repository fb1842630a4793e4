package proxy

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// modified is when the page of fileServer was written, and its own video.
var modified = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fileServer answers as servers of built front ends do, with all that net/http's
// ServeContent can: parts, and conditions by tag and by date.
func fileServer(tag, date bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, text, changed, etag := "index.html", indexPage, modified, `"page"`
		if r.URL.Path == "/own.mp4" {
			name, text, changed, etag = "own.mp4", "a video of the front end", modified.Add(time.Hour), `"own"`
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusOK)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if tag {
			w.Header().Set("Etag", etag)
		}
		if !date {
			changed = time.Time{}
		}
		http.ServeContent(w, r, name, changed, strings.NewReader(text))
	}
}

// videos is an API that has one video, with parts and conditions of its own.
func videos(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/videos/1" {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodOptions {
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "video/mp4")
	w.Header().Set("Etag", `"video"`)
	http.ServeContent(w, r, "", modified.Add(2*time.Hour), strings.NewReader("the video of the API, which is longer than the page of the front end is"))
}

// pageForms are requests to which a front end answers with its page in another form.
var pageForms = []struct {
	name, method string
	header       []string
	status       int // of the API's answer
}{
	{"the whole", "GET", nil, 200},
	{"its head", "HEAD", nil, 200},
	{"a part", "GET", []string{"Range", "bytes=0-3"}, 206},
	{"a part, to HEAD", "HEAD", []string{"Range", "bytes=0-3"}, 206},
	{"two parts", "GET", []string{"Range", "bytes=0-3,6-8"}, 206},
	{"a part that it does not have", "GET", []string{"Range", "bytes=50-60"}, 206},
	{"a part if it is the same", "GET", []string{"Range", "bytes=0-3", "If-Range", `"page"`}, 200},
	{"its tag", "GET", []string{"If-None-Match", `"page"`}, 200},
	{"its tag, weakly", "GET", []string{"If-None-Match", `"x", W/"page"`}, 200},
	{"any tag", "GET", []string{"If-None-Match", "*"}, 304},
	{"its date", "GET", []string{"If-Modified-Since", modified.Format(http.TimeFormat)}, 200},
	{"another tag is wanted", "GET", []string{"If-Match", `"video"`}, 200},
	{"an older date is wanted", "GET", []string{"If-Unmodified-Since", modified.Add(-time.Minute).Format(http.TimeFormat)}, 412},
	{"a preflight", "OPTIONS", []string{"Origin", "http://x", "Access-Control-Request-Method", "PUT"}, 204},
}

// G6: the page is known in all its forms, so that what the API has is found in
// whichever order the two are; the front end's own files are its own.
func TestPageForms(t *testing.T) {
	for _, validators := range []struct{ tag, date bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		for _, webFirst := range []bool{true, false} {
			web, api := backend(t, "web", fileServer(validators.tag, validators.date)), backend(t, "api", videos)
			web.probed, api.probed = true, true
			chain := []*testBackend{api, web}
			if webFirst {
				chain = []*testBackend{web, api}
			}
			g := gateway(t, Config{}, chain...)
			if got := g.get("/", navigation...); got.header.Get("X-Devgate-Backend") != "web" {
				t.Fatalf("%+v", got)
			}
			for _, f := range pageForms {
				got := g.do(g.request(f.method, "/videos/1", nil, f.header...))
				if got.status != f.status || got.header.Get("X-Devgate-Backend") != "api" || got.err != nil {
					t.Errorf("%+v, web first %t, %s: %d of %s (%s)", validators, webFirst, f.name, got.status, got.header.Get("X-Devgate-Backend"), got.header.Get("X-Devgate-Tried"))
				}
			}
			for _, own := range [][]string{nil, {"Range", "bytes=0-3"}, {"If-None-Match", `"own"`}} {
				if got := g.get("/own.mp4", own...); got.header.Get("X-Devgate-Backend") != "web" || webFirst && got.header.Get("X-Devgate-Tried") != "web="+got.header.Get("X-Devgate-Tried")[4:7] {
					t.Errorf("%+v, %q: %d, %s", validators, own, got.status, got.header.Get("X-Devgate-Tried"))
				}
			}
		}
	}
}

// G6: a server that never sends pages sees no probe, whatever it is asked.
func TestWhoSendsNoPageIsNotProbed(t *testing.T) {
	api, second := backend(t, "api", videos), backend(t, "second", videos)
	api.probed, second.probed = true, true
	g := gateway(t, Config{}, api, second, backend(t, "last", answers(404, "")))
	for range 2 {
		for _, f := range pageForms {
			for _, target := range []string{"/", "/videos/1", "/videos/2"} {
				g.do(g.request(f.method, target, nil, f.header...))
			}
		}
		g.SetState("api", State{Phase: Waiting})
		g.SetState("api", State{Phase: Ready})
	}
	for _, b := range []*testBackend{api, second} {
		if all := b.requests(); len(all) != len(seenBy(b)) || len(all) == 0 {
			t.Errorf("%s saw %q", b.Name, all)
		}
	}
}

// G6: nobody is probed where nobody comes after who could have a better answer, nor
// for a path that is its own.
func TestAProbeIsMadeAtTheFirstNeed(t *testing.T) {
	web := backend(t, "web", frontEnd(""))
	web.probed = true
	api := backend(t, "api", application)
	for _, chain := range [][]*testBackend{{web}, {api, web}, {web, api}} {
		g := gateway(t, Config{}, chain...)
		before := len(web.requests())
		g.get("/", navigation...)
		g.get("/src/main.js")
		if chain[len(chain)-1] == web {
			g.get("/users/42", navigation...)
		}
		for _, s := range web.requests()[before:] {
			if strings.Contains(s, "probe") {
				t.Errorf("a chain of %d, asked for %s", len(chain), s)
			}
		}
		if chain[0] == web && len(chain) == 2 {
			before = len(web.requests())
			if got := g.get("/api/users", "Accept", "*/*"); got.body != `["ann"]` || len(web.requests())-before < 2 {
				t.Errorf("%+v after %q", got, web.requests()[before:])
			}
		}
	}
}

// G6: that a backend sends pages is known of its next process, too: a preflight
// that comes first is judged as any later one.
func TestAPreflightAfterARestart(t *testing.T) {
	var probes atomic.Int64
	web := backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "probe") {
			probes.Add(1)
		}
		fileServer(true, true)(w, r)
	})
	web.probed = true
	g := gateway(t, Config{}, web, backend(t, "api", videos))
	g.get("/", navigation...)
	g.SetState("web", State{Phase: Waiting})
	g.SetState("web", State{Phase: Ready})
	got := g.do(g.request("OPTIONS", "/videos/1", nil, "Origin", "http://x", "Access-Control-Request-Method", "PUT"))
	if got.header.Get("X-Devgate-Backend") != "api" || probes.Load() == 0 {
		t.Errorf("%+v after %d probes", got, probes.Load())
	}
}

// G6: a held part is used where nobody else answers, as it is.
func TestAHeldPartIsUsed(t *testing.T) {
	web := backend(t, "web", fileServer(true, true))
	web.probed, web.SPA = true, On
	g := gateway(t, Config{}, web, backend(t, "api", videos))
	for want, header := range map[int][]string{
		206: {"Range", "bytes=0-3"}, 304: {"If-None-Match", `"page"`}, 412: {"If-Match", `"other"`}, 416: {"Range", "bytes=900-"},
	} {
		got := g.get("/users/42", header...)
		if got.status != want || got.header.Get("X-Devgate-Tried") == "" || got.header.Get("X-Devgate-Backend") != "web" {
			t.Errorf("%q: %+v", header, got)
		}
		if want == 206 && got.body != indexPage[:4] {
			t.Errorf("%q", got.body)
		}
	}
}

// drawForm is a request in any form that a browser, a player or a program sends.
func drawForm(t *rapid.T) (method, target string, header []string) {
	method = rapid.SampledFrom([]string{"GET", "GET", "GET", "HEAD", "OPTIONS", "DELETE"}).Draw(t, "method")
	target = rapid.SampledFrom([]string{"/videos/1", "/videos/1", "/videos/2", "/own.mp4", "/users/42", "/"}).Draw(t, "target")
	for _, h := range [][]string{
		{"Range", "bytes=0-3"}, {"Range", "bytes=0-1,5-6"}, {"Range", "bytes=900-"}, {"If-None-Match", `"page"`}, {"If-None-Match", `W/"own"`},
		{"If-Modified-Since", modified.Format(http.TimeFormat)}, {"If-Match", `"page"`}, {"If-Range", `"page"`}, {"Accept", "text/html,*/*;q=0.8"},
	} {
		if rapid.IntRange(0, 3).Draw(t, h[0]+h[1]) == 3 {
			header = append(header, h...)
		}
	}
	if method == "OPTIONS" {
		header = append(header, "Origin", "http://x", "Access-Control-Request-Method", "PUT")
	}
	return method, target, header
}

// G6: in whatever form something is asked for, the order of a front end and an API
// does not change who answers, nor with what.
func TestOrderDoesNotMatterInAnyForm(t *testing.T) {
	for _, validators := range []struct{ tag, date bool }{{true, true}, {false, true}, {true, false}} {
		web, api := backend(t, "web", fileServer(validators.tag, validators.date)), backend(t, "api", videos)
		web.probed, api.probed = true, true
		first, last := gateway(t, Config{}, web, api), gateway(t, Config{}, api, web)
		for _, g := range []*testGateway{first, last} {
			g.get("/", navigation...)
		}
		rapid.Check(t, func(t *rapid.T) {
			method, target, header := drawForm(t)
			a, b := first.do(first.request(method, target, nil, header...)), last.do(last.request(method, target, nil, header...))
			by, too := a.header.Get("X-Devgate-Backend"), b.header.Get("X-Devgate-Backend")
			same := by == too && (a.body == b.body || isByteRanges(a.header)) // the parts' boundaries are made up
			if a.status != b.status || !same && a.status != 404 {
				t.Fatalf("%s %s %q: %d of %s (%s), and %d of %s (%s)", method, target, header,
					a.status, by, a.header.Get("X-Devgate-Tried"), b.status, too, b.header.Get("X-Devgate-Tried"))
			}
		})
	}
}
