package words

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"devgate/internal/control"
)

// Detail writes one request: who was asked, what the client sent ("> " in front)
// and got ("< "), and what those backends said whose answer it was not. Nothing that
// a terminal would obey is in it.
func Detail(out io.Writer, d control.Detail) error {
	b := &bytes.Buffer{}
	fmt.Fprintf(b, "request %d at %s%s\n", d.ID, d.At.Local().Format("15:04:05.000"), remarks(d.Exchange))
	Cascade(b, d.Exchange)
	host := ""
	if d.Host != "" {
		host = "> Host: " + d.Host + "\n"
	}
	fmt.Fprintf(b, "\n> %s %s\n%s", d.Method, d.Path, host)
	message(b, "> ", d.Request)
	if d.Status != 0 {
		fmt.Fprintf(b, "\n< %s\n", statusLine(d.Status))
		message(b, "< ", d.Answer)
	}
	for i, m := range d.Answers {
		if a := d.Attempts[i]; a.Status != 0 && a.Backend != d.Backend {
			fmt.Fprintf(b, "\n%s said, and it was not used:\n< %s\n", a.Backend, statusLine(a.Status))
			message(b, "< ", m)
		}
	}
	_, err := io.WriteString(out, plain(b.String()))
	return err
}

func statusLine(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// message writes a header with a sign in front of each line, and the body.
func message(b *bytes.Buffer, sign string, m control.Message) {
	if m.Header == nil {
		fmt.Fprintf(b, "%s(the headers were not kept)\n", sign)
	}
	fields(b, sign, m.Header)
	body(b, m)
	if len(m.Trailer) > 0 {
		fmt.Fprintf(b, "%s(behind the body)\n", sign)
		fields(b, sign, m.Trailer)
	}
}

func fields(b *bytes.Buffer, sign string, h http.Header) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[name] {
			fmt.Fprintf(b, "%s%s: %s\n", sign, name, v)
		}
	}
}

// body writes a body that is text, and of any other what it is.
func body(b *bytes.Buffer, m control.Message) {
	if m.Size == 0 && m.Kept {
		return
	}
	b.WriteByte('\n')
	text, ok := textOf(m)
	switch {
	case len(m.Body) > 0 && !ok:
		fmt.Fprintf(b, "(%s, %s)\n", kindOf(m.Header), sizeText(m.Size))
	case len(m.Body) > 0:
		fmt.Fprintln(b, strings.TrimSuffix(text, "\n"))
	}
	switch {
	case m.Kept:
	case len(m.Body) == 0:
		fmt.Fprintf(b, "(the body was not kept: %s)\n", sizeText(m.Size))
	default:
		fmt.Fprintf(b, "(the first %d bytes were kept: %s)\n", len(m.Body), sizeText(m.Size))
	}
}

// unpackedMax bounds what is unpacked of a body that is kept.
const unpackedMax = 1 << 20

// textOf is a body that can be read by people, unpacked where it was packed.
func textOf(m control.Message) (text string, ok bool) {
	body := m.Body
	if coding := m.Header.Get("Content-Encoding"); strings.EqualFold(coding, "gzip") {
		r, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return "", false
		}
		// Of one that is not whole there is an error, and what came before it.
		body, _ = io.ReadAll(io.LimitReader(r, unpackedMax))
	} else if coding != "" && !strings.EqualFold(coding, "identity") {
		return "", false
	}
	if !m.Kept {
		body = withoutPart(body)
	}
	return string(body), utf8.Valid(body) && !bytes.ContainsRune(body, 0)
}

// withoutPart is b without the part of a character that it ends in.
func withoutPart(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if end := b[len(b)-n:]; utf8.RuneStart(end[0]) && !utf8.FullRune(end) {
			return b[:len(b)-n]
		}
	}
	return b
}

// kindOf is what a body that cannot be read is.
func kindOf(h http.Header) string {
	kind := h.Get("Content-Type")
	if kind == "" {
		kind = "no text"
	}
	if coding := h.Get("Content-Encoding"); coding != "" {
		kind += " in " + coding
	}
	return kind
}

func sizeText(size int64) string {
	switch size {
	case -1:
		return "its size is not known"
	case 1:
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", size)
}

// plain shows what a terminal would obey by its number.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			b.WriteRune(r)
		case r != '\r': // the end of a line as others write it
			fmt.Fprintf(&b, "\\x%02x", r)
		}
	}
	return b.String()
}
