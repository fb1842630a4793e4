package tree

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	maxText   = 1 << 20  // bytes of one file
	maxBytes  = 32 << 20 // bytes of all files
	maxFiles  = 3000     // files
	maxFaults = 50
)

var (
	errTooLarge = errors.New("larger than 1 MiB")
	errNoText   = errors.New("not a text in UTF-8")
	errNoFile   = errors.New("not a regular file")
	errEnough   = errors.New("not read: this folder has more files than devgate looks at")
)

// Text returns a file's text, and whether there is one. A file is read once.
func (t *Tree) Text(name string) (string, bool) {
	if t.unread[name] {
		return "", false
	}
	if text, ok := t.texts[name]; ok {
		return text, true
	}
	text, err := t.read(name)
	if err != nil {
		t.unread[name] = true
		t.fault(name, err)
		return "", false
	}
	t.texts[name] = text
	return text, true
}

// read looks before it opens: opening a pipe would wait for its writer.
func (t *Tree) read(name string) (string, error) {
	info, err := t.stat(name)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errNoFile
	case info.Size() > maxText:
		return "", errTooLarge
	case t.files == 0 || t.bytes <= 0:
		return "", errEnough
	}
	t.files--
	file, err := t.fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	src, err := io.ReadAll(io.LimitReader(file, maxText+1))
	t.bytes -= len(src)
	if err != nil {
		return "", err
	}
	return decode(string(src))
}

func decode(src string) (string, error) {
	switch {
	case len(src) > maxText: // it has grown since it was looked at
		return "", errTooLarge
	case !utf8.ValidString(src) || strings.Contains(src, "\x00"):
		return "", errNoText
	}
	src = strings.TrimPrefix(src, "\ufeff")
	return strings.ReplaceAll(src, "\r\n", "\n"), nil
}
