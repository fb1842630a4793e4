// Package render writes a plan as a Devgatefile: one key a line, an empty line
// before each table, a comment where a value has a reason or is a guess.
//
// What it writes is TOML whatever the names and commands of the project hold, and
// nothing in them becomes a placeholder of devgate's.
package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/draft"
)

// table is one table of the file; the first has no name.
type table struct {
	name string
	keys []key
}

// key is one line: a value as TOML has it, and a comment.
type key struct{ name, value, comment string }

// Devgatefile writes the file of a plan.
func Devgatefile(p *draft.Plan) []byte {
	tables := []table{top(p)}
	if p.NoBrowser {
		// Create React App, Vite and others open a browser on their own port unless
		// BROWSER says none.
		tables = append(tables, table{"env", []key{{"BROWSER", text("none"), ""}}})
	}
	for _, s := range p.Services {
		tables = append(tables, service(s))
	}
	var b strings.Builder
	for _, t := range tables {
		t.write(&b, "")
	}
	// Commented out, but complete: taking the "# " away is all there is to do.
	for _, s := range p.Parked {
		parked := service(s)
		parked.keys = append([]key{{"", "", s.PortReason}}, parked.keys...)
		parked.write(&b, "# ")
	}
	return []byte(b.String())
}

// write appends a table, each line behind a prefix.
func (t table) write(b *strings.Builder, prefix string) {
	if t.name != "" {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "%s[%s]\n", prefix, t.name)
	}
	for _, k := range t.keys {
		line := k.name + " = " + k.value
		if k.name == "" {
			line = ""
		}
		// A comment alone is a line of its own.
		if k.comment != "" {
			line = strings.TrimSpace(line + " # " + comment(k.comment))
		}
		b.WriteString(prefix + line + "\n")
	}
}

// top is what stands above the tables.
func top(p *draft.Plan) table {
	var t table
	if p.Port != defaultPort || p.PortReason != "" {
		t.add("port", strconv.Itoa(p.Port), p.PortReason)
	}
	if p.NoEnvFile != "" {
		// [] and not a missing key: without it devgate reads .env by itself.
		t.add("env_file", "[]", p.NoEnvFile)
	}
	return t
}

const defaultPort = 3000

func (t *table) add(name, value, comment string) {
	t.keys = append(t.keys, key{name, value, comment})
}

// list adds a list of texts, unless it is empty.
func (t *table) list(name string, values []string, comment string) {
	if len(values) == 0 {
		return
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = text(v)
	}
	t.add(name, "["+strings.Join(quoted, ", ")+"]", comment)
}

// service writes a service's keys, in the order in which people read them.
// A key is only written where it says something: the file is short.
// In TOML "auto" is a text, a port a number.
// gRPC is HTTP/2; behind the gateway it is spoken without TLS (h2c).
func service(s *draft.Service) table {
	t := table{name: s.Name}
	if s.URL != "" {
		t.add("url", text(s.URL), s.Comment)
	} else {
		t.add("command", text(expand(s.Command)), s.Comment)
	}
	if s.Build != "" {
		t.add("build", text(expand(s.Build)), "")
	}
	if s.Dir != "." && s.URL == "" {
		t.add("dir", text(s.Dir), "")
	}
	switch {
	case s.Auto:
		t.add("port", text("auto"), "")
	case s.Port != 0:
		t.add("port", strconv.Itoa(s.Port), s.PortReason)
	}
	environment(&t, s)
	ready(&t, s.Ready)
	t.list("watch", s.Watch, "")
	t.list("ignore", s.Ignore, "")
	t.list("paths", s.Paths, s.PathsFrom)
	if s.Final {
		t.add("final", "true", "")
	}
	if s.Kind == found.RPC {
		t.add("protocol", text("h2c"), "")
	}
	if s.Grace != "" {
		t.add("grace", text(s.Grace), "")
	}
	t.list("after", s.After, "")
	if s.Kind == found.Task {
		t.add("once", "true", "")
	}
	return t
}

// environment writes the variables of a service, with the reasons of guesses.
func environment(t *table, s *draft.Service) {
	var values, guesses []string
	for _, v := range s.Env {
		values = append(values, bare(v.Name)+" = "+text(expand(v.Value)))
		if v.Guess != "" && !slices.Contains(guesses, v.Guess) {
			guesses = append(guesses, v.Guess)
		}
	}
	if len(values) == 0 {
		return
	}
	comment := ""
	// Several guesses of one file are told in one comment.
	switch file, _, _ := strings.Cut(strings.Join(guesses, ""), " says "); len(guesses) {
	case 0:
	case 1:
		comment = "guess: " + guesses[0]
	default:
		comment = "guess: " + file + " says other addresses"
	}
	t.add("env", "{ "+strings.Join(values, ", ")+" }", comment)
}

// ready writes how it is known that a service is ready: a path alone as a text.
func ready(t *table, r found.Ready) {
	if r == (found.Ready{}) {
		return
	}
	// A text is the short form of { http = PATH }.
	if r.Path != "" && r.Timeout == "" {
		t.add("ready", text(r.Path), "")
		return
	}
	var values []string
	switch {
	case r.Path != "":
		values = append(values, "http = "+text(r.Path))
	// One of them: findings never have two.
	case r.TCP != 0:
		values = append(values, "tcp = "+strconv.Itoa(r.TCP))
	case r.Log != "":
		values = append(values, "log = "+text(r.Log))
	}
	if r.Timeout != "" {
		values = append(values, "timeout = "+text(r.Timeout))
	}
	t.add("ready", "{ "+strings.Join(values, ", ")+" }", "")
}

// bare writes a key, in quotes if it needs them.
// TOML's bare keys are A-Z, a-z, 0-9, "_" and "-".
func bare(name string) string {
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return text(name)
		}
	}
	return cmp.Or(name, `""`)
}

// comment makes one line of a text.
// A line break would end the comment, and the rest of it would be TOML.
func comment(text string) string {
	return strings.Map(func(c rune) rune {
		if isHidden(c) {
			return ' '
		}
		return c
	}, text)
}
