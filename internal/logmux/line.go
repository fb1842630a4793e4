package logmux

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// Names of streams, as in Line.Stream.
const (
	Stdout  = "stdout"
	Stderr  = "stderr"
	Devgate = "devgate" // what devgate itself says; also the service of a line about everything
)

// A Line is one line of one stream, or one piece of a line (see Continued). Its
// JSON is the same wherever it goes: see AppendJSON.
type Line struct {
	At      time.Time `json:"at"`      // when its last byte was read
	Service string    `json:"service"` // "devgate" for a line about everything
	Stream  string    `json:"stream"`  // Stdout, Stderr or Devgate
	Text    string    `json:"text"`    // without line end, escape sequences and control characters other than tabs

	// Continued tells that the line goes on with the text of the line before it
	// of the same stream: that one was a piece of 64 KiB, or an unfinished line.
	Continued bool `json:"continued,omitempty"`

	// Styled is Text with its colours as SGR sequences, reset at the end. It is
	// equal to Text, or empty, where there are none.
	Styled string `json:"styled,omitempty"`

	// Number is its place among the lines of all services of a Printer, from 1. It is
	// for those in the same process: JSON does not have it. 0: it has none.
	Number uint64 `json:"-"`

	skipped bool // it tells of lines that a follower missed
}

// AppendJSON appends the line as one JSON object without a line end:
//
//	{"at":"2026-01-02T15:04:05.678Z","service":"api","stream":"stdout","text":"hello"}
//
// The keys stand in this order. A further `"continued":true` stands at the end of
// a continued line only, and after it `"styled"` where the line has colours; a
// Printer, whose JSON is for other programs, never writes that one. The time is
// UTC with milliseconds; <, > and & are not escaped.
func (l Line) AppendJSON(dst []byte) []byte {
	dst = appendHead(dst, l.At, l.Service, l.Stream)
	dst = appendTail(dst, []byte(l.Text), l.Continued)
	if l.Styled == "" || l.Styled == l.Text {
		return dst
	}
	dst = append(dst[:len(dst)-1], `,"styled":`...)
	return append(appendString(dst, []byte(l.Styled)), '}')
}

// MarshalJSON returns what AppendJSON appends. (json.Marshal then escapes <, >
// and & all the same.)
func (l Line) MarshalJSON() ([]byte, error) { return l.AppendJSON(nil), nil }

const jsonTime = "2006-01-02T15:04:05.000Z"

// appendHead appends a JSON line up to its text, which is the same for all lines
// of a batch.
func appendHead(dst []byte, at time.Time, service, stream string) []byte {
	dst = append(dst, `{"at":"`...)
	dst = at.UTC().AppendFormat(dst, jsonTime)
	dst = append(dst, `","service":`...)
	dst = appendString(dst, []byte(service))
	dst = append(dst, `,"stream":`...)
	dst = appendString(dst, []byte(stream))
	return append(dst, `,"text":`...)
}

func appendTail(dst, text []byte, continued bool) []byte {
	dst = appendString(dst, text)
	if continued {
		dst = append(dst, `,"continued":true`...)
	}
	return append(dst, '}')
}

// appendString appends s as a JSON string.
func appendString(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for len(s) > 0 {
		n := jsonPlain(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			break
		}
		switch b := s[0]; {
		case b == '"' || b == '\\':
			dst = append(dst, '\\', b)
		case b == '\t':
			dst = append(dst, '\\', 't')
		case b < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		default:
			dst = append(dst, "\uFFFD"...)
		}
		s = s[1:]
	}
	return append(dst, '"')
}

// jsonPlain returns the length of the text at the front of s that stands in a
// JSON string as it is.
func jsonPlain(s []byte) int {
	i := 0
	for i < len(s) {
		switch b := s[i]; {
		case b < 0x20 || b == '"' || b == '\\':
			return i
		case b < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(s[i:])
			if r == utf8.RuneError && n == 1 {
				return i
			}
			i += n
		}
	}
	return i
}

// appendUnstyled appends text without its SGR sequences, the only ones that
// clean text can hold.
func appendUnstyled(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, esc)
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i]...)
		text = text[i:]
		text = text[bytes.IndexByte(text, 'm')+1:]
	}
}
