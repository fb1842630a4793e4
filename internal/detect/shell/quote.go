package shell

import "strings"

// Quote writes a word so that the shell reads it back as it is.
// Single quotes are the only ones in which nothing has a meaning, so a quote itself is
// written outside of them.
func Quote(word string) string {
	if word == "" {
		return "''"
	}
	if strings.IndexFunc(word, special) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func special(r rune) bool {
	// A "~" or "*" expands and "!" is history in some shells, so all but these letters
	// are quoted.
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
		strings.ContainsRune("%+,-./:=@_^", r) || r > 0x7f)
}

// Join writes words as one text.
func Join(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}
