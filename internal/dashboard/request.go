package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"devgate/internal/control"
)

// requestPage shows one request.
type requestPage struct {
	frame
	requestRow
	Safe     bool // sending it again changes nothing
	Learned  bool
	Request  messageView
	Answer   messageView
	Answers  []answerView
	Backends []string // that it can be sent to alone
	Curl     string
	Secrets  bool // are shown
	Lines    []shownLine
	Cut      int // lines that are not shown
}

// answerView is what one backend said.
type answerView struct {
	Backend, Said, Class, Took, Note string
	Given                            bool // there is a message
	Used                             bool // it is the client's
	Message                          messageView
}

func (s *site) showRequest(w http.ResponseWriter, r *http.Request) error {
	d, err := s.detail(r)
	if err != nil {
		return err
	}
	status := s.project.Status()
	frame := s.frameOf(status, "requests", d.Method+" "+d.Path)
	frame.Script = "request"
	page := requestPage{
		frame: frame, requestRow: requestRowOf(d.Exchange), Safe: isSafe(d.Method), Learned: d.Learned,
		Request: viewOf(d.Request, d.ID, "request"), Answer: viewOf(d.Answer, d.ID, "answer"), Curl: curl(status.URL, d), Secrets: wantsSecrets(r),
	}
	for _, service := range status.Services {
		if service.Kind == "backend" || service.Kind == "remote" {
			page.Backends = append(page.Backends, service.Name)
		}
	}
	page.Request.Whose, page.Answer.Whose = "the request", "the answer"
	for i, a := range d.Attempts {
		page.Answers = append(page.Answers, answerOf(d, i, a))
	}
	page.Lines, page.Cut = s.linesDuring(r.Context(), d.Exchange)
	return s.show(w, http.StatusOK, "request.html", page)
}

func answerOf(d control.Detail, i int, a control.Attempt) answerView {
	v := answerView{Backend: a.Backend, Said: saidBy(a), Class: classOf(a.Status), Took: msText(a.MS), Note: a.Note}
	// Who gave the client's answer is the last of that name: it may have been asked twice.
	v.Used = a.Backend == d.Backend && a.Status == d.Status
	if i < len(d.Answers) {
		v.Given = d.Answers[i].Header != nil
		v.Message = viewOf(d.Answers[i], d.ID, strconv.Itoa(i))
		v.Message.Whose = "what " + a.Backend + " answered"
	}
	return v
}

// detail is the request that is asked for, with secrets where these are.
func (s *site) detail(r *http.Request) (control.Detail, error) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return control.Detail{}, errNoPage
	}
	return s.project.Detail(id, wantsSecrets(r))
}

// wantsSecrets reports whether a person has asked for what is kept back. A link
// from elsewhere is none.
func wantsSecrets(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return r.URL.Query().Has("secrets") && (site == "" || site == "same-origin" || site == "none")
}

func isSafe(method string) bool { return method == http.MethodGet || method == http.MethodHead }

const (
	lineMargin = 100 * time.Millisecond // a line is read a moment after it was written
	windowMax  = 200                    // lines of a window
)

// linesDuring are the lines of all services while a request was answered.
func (s *site) linesDuring(ctx context.Context, e control.Exchange) (shown []shownLine, cut int) {
	end := e.At.Add(time.Duration(e.MS*float64(time.Millisecond)) + lineMargin)
	lines, err := s.lines(ctx, control.LogQuery{Since: time.Since(e.At) + time.Millisecond})
	if err != nil {
		return nil, 0
	}
	for _, l := range lines {
		switch {
		case l.At.Before(e.At) || l.At.After(end):
		case len(shown) == windowMax:
			cut++
		default:
			shown = append(shown, shownLineOf(l))
		}
	}
	return shown, cut
}

// showBody gives a body as a picture to the page that shows it, and to nobody else.
func (s *site) showBody(w http.ResponseWriter, r *http.Request) error {
	d, err := s.detail(r)
	if err != nil {
		return err
	}
	m, found := messageOf(d, r.PathValue("of"))
	if !found {
		return errNoPage
	}
	kind := mediaType(m)
	body, whole := decoded(m)
	if dest := r.Header.Get("Sec-Fetch-Dest"); !whole || !slices.Contains(pictures, kind) || dest != "" && dest != "image" {
		return errNoPage
	}
	h := w.Header()
	// A picture may be a document with scripts (SVG): as one it does nothing.
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	attach(h, kind, "body")
	w.Write(body)
	return nil
}

// messageOf is one of the messages of a request, by the name that its page gives it.
func messageOf(d control.Detail, name string) (m control.Message, found bool) {
	switch name {
	case "request":
		return d.Request, true
	case "answer":
		return d.Answer, true
	}
	i, err := strconv.Atoi(name)
	if err != nil || i < 0 || i >= len(d.Answers) {
		return m, false
	}
	return d.Answers[i], true
}

// replay sends a request again, and leads to what came of it.
func (s *site) replay(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return errNoPage
	}
	d, err := s.project.Detail(id, false)
	if err != nil {
		return err
	}
	if !isSafe(d.Method) && r.PostFormValue("confirm") != "yes" {
		return invalid(fmt.Sprintf("a %s may change something: tick the box beside the button to send it again", d.Method))
	}
	e, err := s.project.Replay(r.Context(), id, strings.TrimSpace(r.PostFormValue("backend")))
	if err != nil {
		return err
	}
	next := &url.URL{Path: "/requests"}
	if e.ID != 0 {
		next.Path += "/" + strconv.FormatUint(e.ID, 10)
	}
	return s.done(w, r, next)
}
