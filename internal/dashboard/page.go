package dashboard

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"devgate/internal/control"
)

//go:embed pages/*.html
var pageFiles embed.FS

func parseTemplates() *template.Template {
	return template.Must(template.New("").ParseFS(pageFiles, "pages/*.html"))
}

// frame is what all pages have around their own.
type frame struct {
	Project string
	State   string
	Page    string // "processes", "logs", "requests", or ""
	Title   string
	Script  string // module of the page
	Gateway string // its URL
	Token   string
	Run     string // differs from one devgate to the next
}

// errorPage says why something was not done.
type errorPage struct {
	frame
	Text, Hint string
}

func (s *site) frame(page, title string) frame {
	return s.frameOf(s.project.Status(), page, title)
}

func (s *site) frameOf(status control.Status, page, title string) frame {
	return frame{Project: status.Name, State: status.State.String(), Page: page, Title: title, Script: page, Gateway: status.URL, Token: s.token, Run: s.run}
}

// show writes a page.
func (s *site) show(w http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	// Into memory first: half a page would hide what is wrong.
	if err := s.templates.ExecuteTemplate(&b, name, data); err != nil {
		return control.NewError(control.Broken, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
	return nil
}

// appURL is where a browser finds one service alone; "" where it cannot.
func appURL(gateway string, s control.Service) string {
	u, err := url.Parse(gateway)
	if err != nil || s.Port == nil && s.URL == nil || s.Kind == "worker" || s.Kind == "task" {
		return ""
	}
	if !isLocal(u.Hostname()) {
		return deref(s.URL) // the gateway cannot be had by a name below localhost
	}
	u.Host = strings.ToLower(s.Name) + ".localhost:" + u.Port()
	return u.String()
}

// deref is what a pointer leads to, or a zero value.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
