package tty

import (
	"io"
	"os"
	"sync"
	"time"
	"unicode/utf8"
)

// footer keeps one line at the end of what is written to a terminal: the keys,
// or what is being typed. It is an io.Writer of whole lines. Without a text it
// passes them on as they are.
type footer struct {
	out     *os.File
	columns func() int

	mu   sync.Mutex
	text string
	dim  bool
}

const (
	eraseLine   = "\r\x1b[K"
	clearScreen = "\x1b[H\x1b[2J\x1b[3J"
	// footerPatience is how long a terminal that takes nothing (Ctrl-S) may hold
	// up the end.
	footerPatience = time.Second
)

// Write writes whole lines above the footer, in one go.
func (f *footer) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.text == "" {
		return f.out.Write(p)
	}
	text := append([]byte(eraseLine), p...)
	if _, err := f.out.Write(append(text, f.drawn()...)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// show puts another text in place; "" takes the footer away.
func (f *footer) show(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text == "" && f.text == "" {
		return
	}
	f.text = text
	io.WriteString(f.out, eraseLine+f.drawn())
}

// update is show where the text is another one.
func (f *footer) update(text string) {
	if f.shows() != text {
		f.show(text)
	}
}

func (f *footer) shows() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text
}

// clear empties the screen, and what was scrolled out of it.
func (f *footer) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	io.WriteString(f.out, clearScreen+f.drawn())
}

// hide is show("") for the end, when nobody may wait for the terminal for long.
func (f *footer) hide() {
	for limit := time.Now().Add(footerPatience); !f.mu.TryLock(); {
		if time.Now().After(limit) {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	f.mu.Unlock()
	f.show("")
}

// drawn is the text as it fits into one line of the terminal.
func (f *footer) drawn() string {
	if f.text == "" {
		return ""
	}
	text := cutTo(f.text, f.columns()-1)
	if f.dim {
		return "\x1b[2m" + text + "\x1b[0m"
	}
	return text
}

// cutTo keeps the first n characters; of a terminal whose width is not known, all.
func cutTo(text string, n int) string {
	if n <= 0 || utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
