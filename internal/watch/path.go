package watch

import "strings"

// This file has the rules for paths where case tells no files apart. A path is kept as it
// is spelt on the disk, and compared by these.

// belowFolded returns path relative to base, as path spells it, and whether it is base (then
// "") or below it. Both are clean and absolute; names are parted by \.
func belowFolded(base, path string) (string, bool) {
	rest := path
	for name := range strings.SplitSeq(strings.TrimSuffix(base, `\`), `\`) {
		if rest == "" && name != "" {
			return "", false
		}
		next, after, _ := strings.Cut(rest, `\`)
		if !strings.EqualFold(next, name) {
			return "", false
		}
		rest = after
	}
	// The volume itself is written with a separator behind it, so that nothing is left of it.
	return rest, true
}

// isPlaceholder reports by its attributes that a file's content is elsewhere and would be
// fetched by whoever reads it, as OneDrive keeps files: nobody wants that to be read for
// its hash alone.
func isPlaceholder(attributes uint32) bool {
	const offline, recallOnOpen, recallOnDataAccess = 0x1000, 0x40000, 0x400000
	return attributes&(offline|recallOnOpen|recallOnDataAccess) != 0
}
