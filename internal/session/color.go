package session

// good, bad and quiet colour a word of devgate's own lines. The log drops the
// colours where they are not wanted.
func good(text string) string  { return "\x1b[32m" + text + "\x1b[39m" }
func bad(text string) string   { return "\x1b[31m" + text + "\x1b[39m" }
func quiet(text string) string { return "\x1b[2m" + text + "\x1b[22m" }
