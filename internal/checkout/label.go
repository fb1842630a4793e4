package checkout

import (
	"encoding/hex"
	"hash/fnv"
	"path/filepath"
	"strings"
)

// longestLabel is how long a name between two dots may be, in bytes (RFC 1035).
const longestLabel = 63

// Label makes a name that may stand in front of ".localhost": letters in lower case,
// digits and hyphens. What else a text has becomes hyphens; of a text that is too long, or has
// no letter at all that may stay, a hash tells it from others. It is "" for "".
func Label(text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	for _, c := range strings.ToLower(text) {
		if c < 'a' && (c < '0' || c > '9') || c > 'z' {
			c = '-'
		}
		// Never two in a row: "xn--" would announce an encoded name.
		if c != '-' || b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteRune(c)
		}
	}
	label := strings.TrimSuffix(b.String(), "-")
	switch {
	case label == "":
		return "checkout-" + hash(text)
	case len(label) > longestLabel:
		mark := "-" + hash(text)
		return strings.TrimSuffix(label[:longestLabel-len(mark)], "-") + mark
	}
	return label
}

// hash is a short mark of a text, the same each time.
func hash(text string) string {
	h := fnv.New32a()
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// Name is a label for a checkout that taken does not refuse: that of its branch, else
// of its folder, else both, else with a mark of its path. folder is the project's.
func (c Checkout) Name(folder string, taken func(label string) bool) string {
	base := filepath.Base(folder)
	for _, text := range []string{c.Branch, base, join(c.Branch, base)} {
		if label := Label(text); label != "" && !taken(label) {
			return label
		}
	}
	return Label(join(c.Branch, base, hash(folder)))
}

// join puts parts together, without those that are empty.
func join(parts ...string) string {
	return strings.Trim(strings.Join(parts, "-"), "-")
}
