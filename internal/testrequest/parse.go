package testrequest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// macros are the words that stand for bytes.
var macros = map[string]string{
	"host": "Host: localhost\r\n",
	"next": "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
}

// parse reads the file of a family.
func parse(family, text string) (all []Entry, err error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		switch {
		case word == "" || strings.HasPrefix(word, "#"):
			continue
		case word == "=":
			all = append(all, Entry{Name: family + "/" + rest})
			continue
		case len(all) == 0:
			return nil, fmt.Errorf("%s.txt:%d: no entry has begun", family, number)
		}
		if err := all[len(all)-1].take(word, rest); err != nil {
			return nil, fmt.Errorf("%s.txt:%d: %w", family, number, err)
		}
	}
	return all, complete(all)
}

// complete finds entries that lack something.
func complete(all []Entry) error {
	names := map[string]bool{}
	for _, e := range all {
		refused := e.Decision == Refuse || e.Decision == Either
		switch {
		case names[e.Name]:
			return fmt.Errorf("%s: it is there twice", e.Name)
		case e.Reason == "" || e.Decision == "" || e.Stream == "":
			return fmt.Errorf("%s: no rfc, no decision or nothing to send", e.Name)
		case refused != (len(e.Statuses) > 0):
			return fmt.Errorf("%s: %s with the statuses %v", e.Name, e.Decision, e.Statuses)
		case e.Decision != Refuse && len(e.Sees) == 0:
			return fmt.Errorf("%s: %s, and nothing is seen", e.Name, e.Decision)
		}
		names[e.Name] = true
	}
	return nil
}

// take reads one line of an entry.
func (e *Entry) take(word, rest string) error {
	switch word {
	case "rfc":
		e.Reason = rest
		return nil
	case "refuse", "accept", "either":
		e.Decision = Decision(word)
		return e.decide(strings.Fields(rest))
	}
	items, err := split(rest)
	switch {
	case err != nil:
		return err
	case word == "sees":
		return e.see(items)
	case word == "send":
		return e.send(items)
	}
	return fmt.Errorf("unknown word %q", word)
}

func (e *Entry) decide(words []string) error {
	for _, w := range words {
		switch w {
		case "none":
			e.Statuses = append(e.Statuses, 0)
		case "body":
			e.InBody = true
		case "closes":
			e.Closes = true
		case "may-close":
			e.MayClose = true
		case "end":
			e.End = true
		default:
			status, err := strconv.Atoi(w)
			if err != nil {
				return err
			}
			e.Statuses = append(e.Statuses, status)
		}
	}
	e.Closes = e.Closes || e.Decision == Refuse && !e.MayClose
	return nil
}

func (e *Entry) see(items []string) (err error) {
	var r Request
	fields := []*string{&r.Method, &r.Target, &r.Body}
	for _, item := range items {
		if host, ok := strings.CutPrefix(item, "host="); ok {
			r.Host = host
			continue
		}
		if len(fields) == 0 {
			return errors.New("more than a method, a target and a body")
		}
		if *fields[0], err = bytesOf(item, false); err != nil {
			return err
		}
		fields = fields[1:]
	}
	if r.Target == "" {
		return errors.New("no target")
	}
	e.Sees = append(e.Sees, r)
	return nil
}

func (e *Entry) send(items []string) error {
	for _, item := range items {
		b, err := bytesOf(item, true)
		if err != nil {
			return err
		}
		e.Stream += b
	}
	return nil
}

// split splits at spaces that are not quoted.
func split(s string) (items []string, err error) {
	var item strings.Builder
	for s += " "; s != ""; {
		if s[0] == '"' {
			quoted, err := strconv.QuotedPrefix(s)
			if err != nil {
				return nil, err
			}
			item.WriteString(quoted)
			s = s[len(quoted):]
			continue
		}
		if s[0] != ' ' {
			item.WriteByte(s[0])
		} else if item.Len() > 0 {
			items = append(items, item.String())
			item.Reset()
		}
		s = s[1:]
	}
	return items, nil
}

// bytesOf is what an item stands for; words are those of macros, or stand for
// themselves.
func bytesOf(item string, expand bool) (string, error) {
	var b strings.Builder
	for rest := item; rest != ""; rest = strings.TrimPrefix(rest, "+") {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		count, quoted := 1, ""
		if digits > 0 && strings.HasPrefix(rest[digits:], `*"`) {
			count, _ = strconv.Atoi(rest[:digits]) // digits
			rest = rest[digits+1:]
		}
		if strings.HasPrefix(rest, `"`) {
			quoted, _ = strconv.QuotedPrefix(rest) // split has found it well formed
			text, err := strconv.Unquote(quoted)
			if err != nil {
				return "", err
			}
			b.WriteString(strings.Repeat(text, count))
			rest = rest[len(quoted):]
			continue
		}
		word, ok := macros[item]
		switch {
		case expand && !ok:
			return "", fmt.Errorf("unknown word %q; want one of %q", item, sortedMacros())
		case !expand:
			word = item
		}
		return word, nil
	}
	return b.String(), nil
}

func sortedMacros() (names []string) {
	for name := range macros {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
