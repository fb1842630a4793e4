package procfile

import (
	"fmt"
	"strings"
)

// maxEntries bounds the lines: with a step of 100 between their ports, more would
// run out of ports.
const maxEntries = 500

// entry is one line of a Procfile.
type entry struct {
	*Service
	command span // of its text, for the places of what is found in it
}

// parseProcfile reads "name: command" lines.
func parseProcfile(src *source) (*File, error) {
	b := newBuilder(src, Procfile)
	var all []*entry
	for i, start := range src.lines {
		line := src.lineSpan(start)
		text := src.text[line.start:line.end]
		if blank := strings.TrimSpace(text); blank == "" || blank[0] == '#' {
			continue
		}
		// At the first line beyond: one error, and not one for each.
		if len(all) == maxEntries {
			b.fail(line, fmt.Sprintf("more than %d services", maxEntries), "")
			break
		}
		if p := b.entry(line, i+1); p != nil {
			all = append(all, p)
		}
	}
	b.linePorts(all)
	b.sameNames()
	if len(all) == 0 && len(b.errs) == 0 {
		b.failFile("this file has no service", "a service is a line, for example\nweb: npm run dev")
	}
	b.file.Services = b.services
	return b.result()
}

// entry reads one line, or reports what is wrong with it and returns nil.
func (b *builder) entry(line span, number int) *entry {
	text := b.src.text[line.start:line.end]
	m := procfileLine().FindStringSubmatchIndex(text)
	if m == nil {
		// Never skipped: a typing mistake would be a server less.
		b.lineFault(line, text, number)
		return nil
	}
	name, at := text[m[2]:m[3]], span{line.start + m[2], line.start + m[3]}
	n := newTable(name, at)
	// Not as names of services in general, but [env] and [defaults] are none in the
	// Devgatefile that the file may become.
	if n.key == "env" || n.key == "defaults" {
		// It is read on, so that other mistakes of the line are told as well.
		b.fail(at, "the name "+quote(name)+" is reserved", "choose another name for this service")
	}
	b.serviceName(n)
	if first := b.service(name); first != nil {
		b.fail(at, "service "+quote(name)+" is declared twice (first at "+b.ref(first.Pos)+")", "rename one of the two")
		return nil
	}
	s := newService(name, b.src, at)
	command := span{line.start + m[4], line.start + len(strings.TrimRight(text, " \t"))}
	s.Command.Shell = b.src.text[command.start:command.end]
	s.marks["command"] = command
	// The line does not say whether it is a server: it is taken for one until it shows.
	s.JoinsWhenAnswering = true
	s.Ready.Kind = ReadyTCP
	b.addService(s)
	return &entry{Service: s, command: command}
}

// What people write into a Procfile that is none.
var (
	missingCommand = lazy(`^[A-Za-z0-9_-]+:[ \t]*$`)
	assignment     = lazy(`^[A-Za-z0-9_.-]+[ \t]*=[ \t]*(.*)$`)
)

// lineFault words a line that is not "name: command".
// In the order of what is likely: a line that was begun, a file of another kind, a name.
func (b *builder) lineFault(line span, text string, number int) {
	trimmed := strings.TrimSpace(text)
	line.start += strings.Index(text, trimmed)
	line.end = line.start + len(trimmed)
	const want = `a service is a line such as "web: npm run dev"`
	name, _, colon := strings.Cut(trimmed, ":")
	switch {
	case missingCommand().MatchString(trimmed):
		b.fail(line, "service "+quote(strings.TrimSuffix(strings.TrimRight(trimmed, " \t"), ":"))+" has no command", want)
	case trimmed[0] == '[' || assignment().MatchString(trimmed):
		b.fail(line, fmt.Sprintf("line %d looks like TOML, but this file is a Procfile", number), "for tables and keys, name the file Devgatefile")
	case colon && !nameForm().MatchString(name):
		b.fail(span{line.start, line.start + len(name)}, "bad service name "+quote(name), "names begin with a letter or digit and go on with letters, digits, _ and -")
	default:
		b.fail(line, fmt.Sprintf(`line %d is not "name: command"`, number), want)
	}
}
