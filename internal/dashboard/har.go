package dashboard

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"devgate/internal/control"
)

// The types below are those of HAR 1.2 ("HTTP Archive format"). What the gateway
// does not know is -1, as the format wants it; its own members begin with "_".
type (
	harFile struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		Started  string            `json:"startedDateTime"`
		Time     float64           `json:"time"` // milliseconds
		Request  harRequest        `json:"request"`
		Response harResponse       `json:"response"`
		Cache    struct{}          `json:"cache"`
		Timings  harTimings        `json:"timings"`
		Comment  string            `json:"comment,omitempty"`
		Cascade  []control.Attempt `json:"_cascade"`
		Backend  string            `json:"_backend"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		Query       []harPair `json:"queryString"`
		PostData    *harPost  `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int64     `json:"bodySize"`
	}
	harPost struct {
		MimeType string    `json:"mimeType"`
		Params   []harPair `json:"params"`
		Text     string    `json:"text"`
		Comment  string    `json:"comment,omitempty"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int64      `json:"bodySize"`
	}
	harContent struct {
		Size     int64  `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
		Comment  string `json:"comment,omitempty"`
	}
	harTimings struct {
		Blocked float64 `json:"blocked"` // held for a backend that was not ready
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// harVersion is what the gateway says of a request whose protocol it has not noted.
const harVersion = "HTTP/1.1"

func (s *site) newHAR() harFile {
	return harFile{harLog{Version: "1.2", Creator: harCreator{"devgate", s.version}, Entries: []harEntry{}}}
}

// downloadRequest gives one request as an archive.
func (s *site) downloadRequest(w http.ResponseWriter, r *http.Request) error {
	d, err := s.detail(r)
	if err != nil {
		return err
	}
	archive := s.newHAR()
	archive.Log.Entries = append(archive.Log.Entries, entryOf(s.project.Status().URL, d))
	return sendHAR(w, fmt.Sprintf("request-%d.har", d.ID), archive)
}

// downloadRequests gives all requests that are kept as an archive.
func (s *site) downloadRequests(w http.ResponseWriter, r *http.Request) error {
	archive, gateway := s.newHAR(), s.project.Status().URL
	for _, e := range s.requests(r.Context()) {
		d := control.Detail{Exchange: e}
		if e.ID != 0 {
			// One may be forgotten meanwhile; then its record is all that there is.
			if kept, err := s.project.Detail(e.ID, wantsSecrets(r)); err == nil {
				d = kept
			}
		}
		archive.Log.Entries = append(archive.Log.Entries, entryOf(gateway, d))
	}
	return sendHAR(w, "requests.har", archive)
}

func sendHAR(w http.ResponseWriter, name string, archive harFile) error {
	text, err := json.MarshalIndent(archive, "", "  ")
	if err != nil {
		return control.NewError(control.Broken, err)
	}
	attach(w.Header(), "application/json", name)
	w.Write(append(text, '\n'))
	return nil
}

func entryOf(gateway string, d control.Detail) harEntry {
	e := harEntry{
		Started: d.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"), Time: d.MS, Cascade: d.Attempts, Backend: d.Backend,
		Request: harRequest{
			Method: d.Method, URL: uriOf(targetURL(gateway, d)), HTTPVersion: harVersion, Cookies: []harPair{}, Headers: pairsOf(d.Request.Header),
			Query: queryOf(d.Path), PostData: postOf(d.Request), HeadersSize: -1, BodySize: d.Request.Size,
		},
		Response: harResponse{
			Status: d.Status, StatusText: http.StatusText(d.Status), HTTPVersion: harVersion, Cookies: []harPair{}, Headers: pairsOf(d.Answer.Header),
			Content: contentOf(d.Answer), RedirectURL: d.Answer.Header.Get("Location"), HeadersSize: -1, BodySize: d.Answer.Size,
		},
		Timings: harTimings{Blocked: min(d.HeldMS, d.MS), Wait: max(d.MS-d.HeldMS, 0)},
	}
	if d.Status == 0 {
		e.Comment = "the client left before the answer"
	}
	return e
}

// uriOf escapes what a client has sent unescaped and a URI must not have (RFC 3986).
func uriOf(target string) string {
	var b strings.Builder
	for i := 0; i < len(target); i++ {
		switch c := target[i]; {
		case c == '%' && !isEscape(target[i:]), c <= ' ', c >= 0x7f, strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isEscape reports whether a text begins with a percent sign and two digits.
func isEscape(s string) bool {
	return len(s) > 2 && strings.Trim(s[1:3], "0123456789abcdefABCDEF") == ""
}

func pairsOf(h http.Header) []harPair {
	pairs := []harPair{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			pairs = append(pairs, harPair{name, value})
		}
	}
	return pairs
}

// queryOf keeps the order, and what is no proper escape as it is.
func queryOf(target string) []harPair {
	pairs := []harPair{}
	_, query, _ := strings.Cut(target, "?")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, harPair{unescaped(name), unescaped(value)})
	}
	return pairs
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// postOf is the body of a request; the format has no way to write one that is no
// text.
func postOf(m control.Message) *harPost {
	if m.Size == 0 && len(m.Body) == 0 {
		return nil
	}
	post := &harPost{MimeType: m.Header.Get("Content-Type"), Params: []harPair{}}
	switch {
	case !utf8.Valid(m.Body):
		post.Comment = "not a text"
	default:
		post.Text, post.Comment = string(m.Body), keptText(m)
	}
	return post
}

// contentOf is the body of an answer.
func contentOf(m control.Message) harContent {
	body, _ := decoded(m)
	c := harContent{Size: m.Size, MimeType: m.Header.Get("Content-Type"), Comment: keptText(m)}
	if m.Kept && len(body) > 0 {
		c.Size = int64(len(body))
	}
	if c.MimeType == "" {
		c.MimeType = "x-unknown" // the format wants one
	}
	if utf8.Valid(body) {
		c.Text = string(body)
	} else {
		c.Text, c.Encoding = base64.StdEncoding.EncodeToString(body), "base64"
	}
	return c
}

func keptText(m control.Message) string {
	if m.Kept || m.Size == 0 {
		return ""
	}
	return "only the beginning of the body was kept"
}
