package procfile

import (
	"fmt"
	"strconv"
	"strings"
)

// keyPart is one name of a dotted key.
type keyPart struct {
	key string
	at  span
}

// pathText joins the parts as they would be written.
func pathText(parts []keyPart) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.key
		// Bare where it can be: as most people write it.
		if strings.Trim(p.key, bareChars) != "" || p.key == "" {
			names[i] = strconv.Quote(p.key)
		}
	}
	return strings.Join(names, ".")
}

// bareChars are the characters of a key without quotes, see isBare.
const bareChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

// keyPath reads a dotted key and the blanks after it, and counts its depth. When
// ok is false the scanner stands where the key went wrong.
func (s *scanner) keyPath() (parts []keyPart, ok bool) {
	for {
		s.blankSpace()
		part, ok := s.keyPart()
		if !ok {
			return parts, false
		}
		parts = append(parts, part)
		if !s.deeper(part.at, len(part.key)+1) {
			return parts, false
		}
		s.blankSpace()
		if s.pos >= len(s.text) || s.text[s.pos] != '.' {
			return parts, true
		}
		s.pos++
	}
}

// deeper counts one level of nesting. What is too deep, or has too long a path,
// ends the scan: the library would take quadratic time or space over it.
func (s *scanner) deeper(at span, path int) bool {
	s.depth++
	s.path += path
	switch {
	case s.depth > maxDepth:
		s.stop(at, fmt.Sprintf("nested deeper than %d", maxDepth), "a Devgatefile needs three levels: service, key, value")
	case s.path > maxPath:
		s.stop(at, fmt.Sprintf("the key with the tables around it is longer than %d bytes", maxPath), "shorten it")
	default:
		return true
	}
	return false
}

// keyPart reads one name, bare or quoted.
func (s *scanner) keyPart() (keyPart, bool) {
	start := s.pos
	if s.pos < len(s.text) && (s.text[s.pos] == '"' || s.text[s.pos] == '\'') {
		raw, ok := s.lineString()
		// In a key, as in a text of one line, the two kinds of quotes differ in escapes
		// alone.
		if !ok {
			return keyPart{}, false
		}
		key, ok := unescape(raw, s.text[start])
		return keyPart{key, span{start, s.pos}}, ok
	}
	for s.pos < len(s.text) && isBare(s.text[s.pos]) {
		s.pos++
	}
	return keyPart{s.text[start:s.pos], span{start, s.pos}}, s.pos > start
}

// isBare reports whether a byte needs no quotes in a key.
func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// lineString reads a quoted text that ends on its line and returns what is
// between the quotes. When it does not end there, pos is at the end of the line.
func (s *scanner) lineString() (raw string, ok bool) {
	quote, start := s.text[s.pos], s.pos+1
	for s.pos++; s.pos < len(s.text) && s.text[s.pos] != '\n'; s.pos++ {
		switch {
		case s.text[s.pos] == quote:
			s.pos++
			return s.text[start : s.pos-1], true
		// An escape ends with its line.
		// A backslash at the end of the line escapes nothing: the text is not closed.
		case s.text[s.pos] == '\\' && quote == '"' && !strings.HasPrefix(s.text[s.pos+1:], "\n"):
			s.pos++
		}
	}
	s.pos = min(s.pos, len(s.text))
	return "", false
}

// unescape resolves the escapes of a quoted key, for comparing it with the
// library's; an escape that it does not know is not ok.
func unescape(raw string, quote byte) (string, bool) {
	if quote == '\'' || !strings.Contains(raw, `\`) {
		return raw, true
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		i++
		if i == len(raw) {
			return "", false
		}
		r, size, ok := escape(raw[i:])
		if !ok {
			return "", false
		}
		b.WriteRune(r)
		i += size - 1
	}
	return b.String(), true
}

// escape returns the rune that an escape means, given what follows its backslash.
func escape(text string) (r rune, size int, ok bool) {
	if i := strings.IndexByte("btnfre\"\\", text[0]); i >= 0 {
		return rune("\b\t\n\f\r\x1b\"\\"[i]), 1, true
	}
	// \x is of TOML 1.1, which the library reads too.
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[0]]
	if digits == 0 || len(text) <= digits {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(text[1:1+digits], 16, 32)
	return rune(n), digits + 1, err == nil && n <= 0x10FFFF
}
