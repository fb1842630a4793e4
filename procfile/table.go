package procfile

import (
	"slices"
	"strings"
)

// key is one key of the language: how it is read, and what it needs to have an effect.
type key[T any] struct {
	name string
	read func(*reader, T, *node)
}

// fileKeys are the top-level keys.
func fileKeys() []key[*File] {
	return []key[*File]{
		{"name", (*reader).fileName},
		{"port", func(r *reader, f *File, n *node) { f.Port = r.port(n, f.Port) }},
		{"host", (*reader).fileHost},
		{"hosts", (*reader).fileHosts},
		{"static", func(r *reader, f *File, n *node) { f.Static = r.path(n) }},
		{"hold", func(r *reader, f *File, n *node) { f.Hold = r.duration(n, f.Hold, 0) }},
		{"not_found", func(r *reader, f *File, n *node) {
			f.NotFound = NotFound(r.word(n, "explain", "pass"))
		}},
		{"speculate", func(r *reader, f *File, n *node) { f.Speculate = r.boolean(n) }},
		{"replay_limit", func(r *reader, f *File, n *node) { f.ReplayLimit = r.size(n) }},
		{"dashboard", (*reader).fileDashboard},
		{"env_file", func(r *reader, f *File, n *node) {
			f.EnvFile, f.EnvFileSet = r.paths(n), true
		}},
		{"order", func(r *reader, f *File, n *node) { r.order = n }},
	}
}

// serviceKeys are the keys of a service, and of [defaults].
func serviceKeys() []key[*Service] {
	return []key[*Service]{
		{"command", func(r *reader, s *Service, n *node) { s.Command = r.command(n) }},
		{"build", func(r *reader, s *Service, n *node) { s.Build = r.command(n) }},
		{"dir", func(r *reader, s *Service, n *node) { s.Dir = r.path(n) }},
		{"port", func(r *reader, s *Service, n *node) { s.Port = r.port(n, s.Port) }},
		{"url", (*reader).serviceURL},
		{"env", func(r *reader, s *Service, n *node) { r.env(n, s.Env, s.marks) }},
		{"env_file", func(r *reader, s *Service, n *node) { s.EnvFile = r.paths(n) }},
		{"watch", func(r *reader, s *Service, n *node) { s.Watch = r.globs(n) }},
		{"ignore", func(r *reader, s *Service, n *node) { s.Ignore = r.globs(n) }},
		{"ready", (*reader).serviceReady},
		{"after", func(r *reader, s *Service, n *node) { s.After = r.names(n) }},
		{"once", func(r *reader, s *Service, n *node) { s.Once = r.boolean(n) }},
		{"restart", func(r *reader, s *Service, n *node) {
			s.Restart = Restart(r.word(n, "on-failure", "always", "never"))
		}},
		{"restart_style", func(r *reader, s *Service, n *node) {
			s.RestartStyle = RestartStyle(r.word(n, "stop", "overlap"))
		}},
		{"stop_signal", (*reader).serviceSignal},
		{"grace", func(r *reader, s *Service, n *node) { s.Grace = r.duration(n, s.Grace, 0) }},
		{"stop", func(r *reader, s *Service, n *node) { s.Stop = r.command(n) }},
		{"pty", func(r *reader, s *Service, n *node) { s.PTY = r.boolean(n) }},
		{"paths", func(r *reader, s *Service, n *node) { s.Paths = r.patterns(n) }},
		{"final", func(r *reader, s *Service, n *node) { s.Final = r.boolean(n) }},
		{"fallthrough", func(r *reader, s *Service, n *node) { s.Fallthrough = r.statuses(n) }},
		{"spa", (*reader).serviceSPA},
		{"optional", func(r *reader, s *Service, n *node) { s.Optional = r.boolean(n) }},
		{"protocol", func(r *reader, s *Service, n *node) {
			s.Protocol = Protocol(r.word(n, "http1", "h2c"))
		}},
	}
}

// readyKeys are the keys of a ready table.
func readyKeys() []key[*Ready] {
	return []key[*Ready]{
		{"http", (*reader).readyHTTP},
		{"tcp", (*reader).readyTCP},
		{"log", (*reader).readyLog},
		{"exec", (*reader).readyExec},
		{"status", (*reader).readyStatus},
		{"timeout", func(r *reader, v *Ready, n *node) { v.Timeout = r.duration(n, v.Timeout, 1) }},
		{"interval", func(r *reader, v *Ready, n *node) { v.Interval = r.duration(n, v.Interval, 1) }},
	}
}

// names lists keys for hints and the documentation.
func names[T any](keys []key[T]) []string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return all
}

// Keys returns the names of all keys: of the top level, of a service, and of a
// ready table. The documentation is checked against it.
func Keys() (file, service, ready []string) {
	return names(fileKeys()), names(serviceKeys()), names(readyKeys())
}

// knownKey reports whether a word is a key at the top or of a service.
func knownKey(word string) bool {
	file, service, _ := Keys()
	return slices.Contains(file, word) || slices.Contains(service, word)
}

// special reports whether a table at the top is not a service.
func special(table string) bool { return table == "env" || table == "defaults" }

// unknownKey words a key that nobody knows. where is the table for messages, ""
// at the top; known are the keys that may stand there.
func (r *reader) unknownKey(n *node, where string, known []string) {
	msg := "unknown key " + quote(n.key)
	if where != "" {
		msg += " in [" + where + "]"
	}
	hint := ""
	if len(r.errs) < printMax { // a hint that nobody reads is not worth its search
		hint = r.keyHint(n, where, known)
	}
	r.fail(n.at, msg, hint)
}

// listKeys names what may stand in a table, the first time that it is asked.
func (r *reader) listKeys(where string, known []string) string {
	if where != "" && where != "ready" {
		where = "service"
	}
	if r.listed[where] {
		return ""
	}
	r.listed[where] = true
	return "known here: " + strings.Join(known, ", ")
}

// keyHint guesses what an unknown key was meant to be: right but in the wrong
// place, the word of another tool, or mistyped. A guess is kept in meant, so that
// nobody says that "command" is missing beside "comand".
func (r *reader) keyHint(n *node, where string, known []string) string {
	file, service, _ := Keys()
	isService := where != "" && slices.Contains(known, "command")
	switch {
	case where == "" && slices.Contains(service, n.key):
		return quote(n.key) + " is a key of a service: write it below a table, as in\n[web]\n" + n.key + " = ..."
	case isService && slices.Contains(file, n.key):
		return quote(n.key) + " is a key of the whole file: move it above the first [table]"
	}
	if isService && slices.Contains(known, synonym(n.key)) {
		r.meant[synonym(n.key)] = true
		return "did you mean " + quote(synonym(n.key)) + "?"
	}
	if near := nearest(n.key, known); near != "" {
		r.meant[near] = true
		return "did you mean " + quote(near) + "?"
	}
	if where == "" {
		if near := nearest(n.key, service); near != "" {
			return "did you mean " + quote(near) + "? It is a key of a service, below a table such as [web]"
		}
	}
	return r.listKeys(where, known)
}
