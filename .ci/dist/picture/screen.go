package main

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// cell is a character with its looks.
type cell struct {
	char rune
	look look
}

// look is what SGR says: a colour of the first sixteen plus one (0: the usual one).
type look struct {
	colour    int
	bold, dim bool
}

// screen is a terminal as far as devgate and a shell use one: lines that scroll,
// colours, the erasing of a line.
type screen struct {
	lines [][]cell // the last is that of the cursor
	col   int
	look  look
}

// frame is what is seen from a moment on.
type frame struct {
	lines [][]cell
	until time.Duration // since the beginning
}

// shows: a text is seen.
func (f frame) shows(text string) bool {
	for _, line := range f.lines {
		var all strings.Builder
		for _, c := range line {
			all.WriteRune(c.char)
		}
		if strings.Contains(all.String(), text) {
			return true
		}
	}
	return false
}

const (
	// flicker is how long a screen has to stay to be seen.
	flicker = 60 * time.Millisecond
	// longest is how long nothing may happen.
	longest = 1500 * time.Millisecond
	// last is how long the end is seen before all begins again.
	last = 4 * time.Second
)

// frames are the screens, with waiting cut short.
func (r *recording) frames() (all []frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &screen{lines: [][]cell{nil}}
	var now time.Duration
	for i, c := range r.chunks {
		s.write(c.text)
		stays := last
		if i+1 < len(r.chunks) {
			stays = min(r.chunks[i+1].at.Sub(c.at), longest)
		}
		if now += stays; stays >= flicker {
			all = append(all, frame{s.seen(), now})
		}
	}
	return all
}

// seen are the lines on the screen.
func (s *screen) seen() [][]cell {
	from := max(0, len(s.lines)-rows)
	seen := make([][]cell, 0, rows)
	for _, line := range s.lines[from:] {
		seen = append(seen, slices.Clone(line))
	}
	return seen
}

func (s *screen) write(text string) {
	for len(text) > 0 {
		if strings.HasPrefix(text, "\x1b[") {
			text = s.sequence(text[2:])
			continue
		}
		char, rest, _ := cutRune(text)
		text = rest
		switch {
		case char == '\n':
			s.lines = append(s.lines, nil)
		case char == '\r':
			s.col = 0
		case char >= ' ':
			s.put(char)
		}
	}
}

func cutRune(text string) (first rune, rest string, ok bool) {
	for i, c := range text {
		if i > 0 {
			return first, text[i:], true
		}
		first, ok = c, true
	}
	return first, "", ok
}

func (s *screen) put(char rune) {
	if s.col == columns {
		s.lines, s.col = append(s.lines, nil), 0
	}
	line := &s.lines[len(s.lines)-1]
	for len(*line) <= s.col {
		*line = append(*line, cell{' ', look{}})
	}
	(*line)[s.col] = cell{char, s.look}
	s.col++
}

// sequence does what follows ESC [, and returns what comes after it.
func (s *screen) sequence(text string) (rest string) {
	end := strings.IndexFunc(text, func(c rune) bool { return c >= '@' && c <= '~' })
	if end < 0 {
		return ""
	}
	parameters, rest := text[:end], text[end+1:]
	switch text[end] {
	case 'K':
		line := &s.lines[len(s.lines)-1]
		*line = (*line)[:min(s.col, len(*line))]
	case 'm':
		for p := range strings.SplitSeq(parameters, ";") {
			s.style(p)
		}
	}
	return rest
}

func (s *screen) style(parameter string) {
	switch n, _ := strconv.Atoi(parameter); {
	case n == 0:
		s.look = look{}
	case n == 1:
		s.look.bold = true
	case n == 2:
		s.look.dim = true
	case n == 22:
		s.look.bold, s.look.dim = false, false
	case n >= 30 && n <= 37:
		s.look.colour = n - 30 + 1
	case n == 39:
		s.look.colour = 0
	case n >= 90 && n <= 97:
		s.look.colour = n - 90 + 9
	}
}
