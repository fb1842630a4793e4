package dashboard

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"devgate/internal/control"
)

// curl is a command for a shell that sends a request again.
func curl(gateway string, d control.Detail) string {
	var b strings.Builder
	body := d.Request.Body
	if !d.Request.Kept && (len(body) > 0 || d.Request.Size != 0) {
		b.WriteString("# the body was not kept as a whole\n")
		body = nil
	}
	data := ""
	switch {
	case len(body) == 0:
	case utf8.Valid(body) && bytes.IndexByte(body, 0) < 0:
		data = " \\\n  --data-raw " + quoted(string(body))
	default: // a word of a shell holds no NUL byte, and a page no broken character
		b.WriteString("printf " + quoted(octal(body)) + " |\n")
		data = " \\\n  --data-binary @-"
	}
	b.WriteString("curl" + curlFlags(d) + " " + quoted(targetURL(gateway, d)))
	if base := baseURL(gateway, d.Host); d.Host != "" && base != "http://"+d.Host {
		b.WriteString(curlHeader("Host", d.Host))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Request.Header)) {
		for _, value := range d.Request.Header[name] {
			b.WriteString(curlHeader(name, value))
		}
	}
	// curl adds a type of its own to a body.
	if data != "" && d.Request.Header["Content-Type"] == nil {
		b.WriteString(" \\\n  -H 'Content-Type:'")
	}
	b.WriteString(data)
	return b.String()
}

// curlFlags keep curl from changing the target.
func curlFlags(d control.Detail) (flags string) {
	switch d.Method {
	case http.MethodGet:
		if len(d.Request.Body) > 0 {
			flags = " -X GET"
		}
	case http.MethodHead:
		flags = " --head"
	default:
		flags = " -X " + quoted(d.Method)
	}
	if strings.ContainsAny(d.Path, "[]{}") {
		flags += " --globoff"
	}
	if strings.Contains(d.Path, "/.") {
		flags += " --path-as-is"
	}
	if strings.Contains(d.Request.Header.Get("Accept-Encoding"), "gzip") {
		flags += " --compressed"
	}
	return flags
}

func curlHeader(name, value string) string {
	switch {
	// What curl makes itself.
	case isHop(name):
		return ""
	case value == "": // "Name:" would take the header away
		return " \\\n  -H " + quoted(name+";")
	}
	return " \\\n  -H " + quoted(name+": "+value)
}

// targetURL is where a request goes. Its target may be in other forms than a path.
func targetURL(gateway string, d control.Detail) string {
	base := baseURL(gateway, d.Host)
	if strings.HasPrefix(d.Path, "/") {
		return base + d.Path
	}
	if strings.HasPrefix(d.Path, "http://") || strings.HasPrefix(d.Path, "https://") {
		return d.Path
	}
	return base + "/" + d.Path
}

// baseURL is where the gateway is by the name that a request had for it, where that
// leads to this machine from everywhere on it.
func baseURL(gateway, host string) string {
	if isLocal(hostName(host)) {
		return "http://" + host
	}
	return gateway
}

// quoted is a word for a POSIX shell.
func quoted(s string) string {
	plain := func(r rune) bool {
		return r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,", r))
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// octal is a text for printf(1) that gives the bytes.
func octal(body []byte) string {
	var b strings.Builder
	for _, c := range body {
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c == '%':
			b.WriteString("%%")
		case c >= ' ' && c < 0x7f:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String()
}
