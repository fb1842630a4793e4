package dashboard

import (
	"embed"
	"errors"
	"html/template"
	"mime"
	"net/http"
	"path"
	"strings"

	"devgate/internal/control"
)

//go:embed assets
var assetFiles embed.FS

// site is what is behind the port.
type site struct {
	project   Project
	url       string
	looks     *looks
	version   string
	token     string // that a change has to carry
	run       string // tells this devgate from the next
	access    access
	templates *template.Template
	mux       *http.ServeMux
}

// routes is everything that can be asked for.
func (s *site) routes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(pattern string, h func(w http.ResponseWriter, r *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	handle("GET /{$}", s.showProcesses)
	handle("GET /logs", s.showLogs)
	handle("GET /logs.txt", s.downloadLogs)
	handle("GET /requests", s.showRequests)
	handle("GET /requests.har", s.downloadRequests)
	handle("GET /requests/{id}", s.showRequest)
	handle("GET /requests/{id}/har", s.downloadRequest)
	handle("GET /requests/{id}/body/{of}", s.showBody)
	handle("GET /stream", s.stream)
	handle("GET /assets/{name}", s.showAsset)
	handle("POST /services/{name}/{verb}", s.act)
	handle("POST /requests/{id}/replay", s.replay)
	handle("/", func(http.ResponseWriter, *http.Request) error { return errNoPage })
	return mux
}

// isPage reports whether a path is one of the pages that others may open.
func isPage(path string) bool {
	rest, isRequest := strings.CutPrefix(path, "/requests/")
	return path == "/" || path == "/logs" || path == "/requests" || isRequest && !strings.Contains(rest, "/")
}

// ServeHTTP answers a request, or says why not.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	r.Body = http.MaxBytesReader(w, r.Body, formMax)
	if why := s.access.refuse(r); why != "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		w.Write([]byte("devgate: " + why + "\n"))
		return
	}
	s.mux.ServeHTTP(w, r)
}

var errNoPage = &control.Error{Kind: control.Unknown, Text: "there is no such page", Hint: "the pages are /, /logs and /requests"}

// fail answers with an error: in words to a script, else as a page.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := control.NewError(control.Failed, err)
	status := statusOf(e.Kind)
	if isScripted(r) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		w.Write([]byte(e.Error() + "\n"))
		return
	}
	s.show(w, status, "error.html", errorPage{s.frame("", "Not done"), e.Text, e.Hint})
}

// isScripted reports whether a page's own script asks, which shows the answer itself.
func isScripted(r *http.Request) bool { return r.Header.Get(tokenHeader) != "" }

func statusOf(kind control.Kind) int {
	switch kind {
	case control.Unknown:
		return http.StatusNotFound
	case control.Invalid:
		return http.StatusBadRequest
	case control.Refused, control.Failed:
		return http.StatusConflict
	case control.Stopping:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// assetTypes are not left to the system, whose tables differ.
var assetTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func (s *site) showAsset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	text, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		return errNoPage
	}
	w.Header().Set("Content-Type", assetTypes[path.Ext(name)])
	w.Write(text)
	return nil
}

// attach makes an answer a file that is saved.
func attach(h http.Header, contentType, name string) {
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// invalid is an error about what was asked.
func invalid(text string) error { return control.NewError(control.Invalid, errors.New(text)) }
