package proxy

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"devgate/proxy/wire"
)

// staticName is what the static folder is called among the backends.
const staticName = "static"

// serveStatic answers from the static folder and reports whether it did. The
// folder is opened for each request, because build tools replace it.
func (a *answering) serveStatic() bool {
	method := a.r.Method
	if a.route.chain.Static == "" || a.route.sole || method != http.MethodGet && method != http.MethodHead {
		return false
	}
	root, err := os.OpenRoot(a.route.chain.Static) // nothing outside of it can be reached
	if err != nil {
		return false
	}
	defer root.Close()
	began := time.Now()
	name, ok := staticPath(a.r.URL.Path)
	if !ok {
		return false
	}
	info, err := root.Stat(name)
	switch {
	case err != nil:
		return false
	case info.IsDir() && strings.HasSuffix(a.r.URL.Path, "/"):
		return a.serveFile(root, path.Join(name, "index.html"), began)
	case info.IsDir():
		return a.redirectToFolder(root, name, began)
	case strings.HasSuffix(a.r.URL.Path, "/"):
		return false
	}
	return a.serveFile(root, name, began)
}

// wellKnown is the one name with a dot that is for the public: RFC 8615.
const wellKnown = ".well-known"

// staticPath turns a request's path into a name within the folder. Names that
// begin with a dot are not for the public, but for /.well-known/.
func staticPath(p string) (string, bool) {
	for i, segment := range strings.Split(p, "/") {
		isPublic := !strings.HasPrefix(segment, ".") || i == 1 && segment == wellKnown
		if !isPublic || strings.ContainsAny(segment, "\\\x00") || filesHaveAliases && isAlias(segment) {
			return "", false
		}
	}
	name := strings.TrimPrefix(path.Clean("/"+p), "/")
	if name == "" {
		name = "."
	}
	return name, true
}

// serveFile answers with a regular file; anything else is not there.
func (a *answering) serveFile(root *os.Root, name string, began time.Time) bool {
	info, err := root.Stat(name) // before Open, which would wait on a pipe
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := root.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	revalidated(a.w.Header(), info)
	w := &staticWriter{sampled: sampled{ResponseWriter: a.w}, a: a, began: began}
	http.ServeContent(w, withoutDates(a.r), path.Base(name), info.ModTime(), f)
	a.keepSampled(&w.sample)
	return true
}

// revalidated lets a client keep a file only if it asks each time, by a tag that
// two saves within a second do not share.
func revalidated(h http.Header, info fs.FileInfo) {
	h.Set("Cache-Control", "no-cache")
	h.Set("Etag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
}

// withoutDates is r without the conditions that compare dates: a file of the same
// second, or an older one that was put in its place, is another file.
func withoutDates(r *http.Request) *http.Request {
	since := r.Header.Get("If-Range")
	dated := since != "" && !strings.HasSuffix(since, `"`)
	if r.Header["If-Modified-Since"] == nil && r.Header["If-Unmodified-Since"] == nil && !dated {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Del("If-Modified-Since")
	r.Header.Del("If-Unmodified-Since")
	if dated {
		r.Header.Del("Range")
	}
	return r
}

// redirectToFolder adds the slash without which a page's relative links would
// miss. The target is relative, so it can not lead to another host.
func (a *answering) redirectToFolder(root *os.Root, name string, began time.Time) bool {
	if info, err := root.Stat(path.Join(name, "index.html")); err != nil || !info.Mode().IsRegular() {
		return false
	}
	raw := rawPath(a.req.Target)
	to := "./" + raw[strings.LastIndexByte(raw, '/')+1:] + "/"
	if a.r.URL.RawQuery != "" {
		to += "?" + a.r.URL.RawQuery
	}
	a.w.Header().Set("Location", to)
	a.w.Header().Set("Cache-Control", "no-cache") // tomorrow it may be a file
	a.w.Header().Set("Content-Length", "0")
	a.stampStatic(http.StatusMovedPermanently, began)
	a.w.WriteHeader(http.StatusMovedPermanently)
	return true
}

func (a *answering) stampStatic(status int, began time.Time) {
	t := a.trace.begin(staticName)
	t.began = began
	t.end(status, "")
	h := a.w.Header()
	a.observe(nil, staticName, status, h)
	a.trace.stamp(h, status, staticName)
	a.witness(status, staticName, h)
	a.closeIfUnread(h)
	dated(h)
	a.keepOwn(h, nil)
}

// staticWriter says how the answer came about when its status is known.
type staticWriter struct {
	sampled
	a     *answering
	began time.Time
}

// WriteHeader implements http.ResponseWriter.
func (w *staticWriter) WriteHeader(status int) {
	w.a.stampStatic(status, w.began)
	if w.a.keepsBody(status) {
		w.sample = wire.NewSample(MessageMax, -1, &w.a.g.recorder.allowance)
	}
	w.ResponseWriter.WriteHeader(status)
}
