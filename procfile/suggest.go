package procfile

import "strings"

// suggestMax is the longest word for which a neighbour is looked for: beyond it
// nobody made a typing mistake, and the search would cost too much.
const suggestMax = 40

// nearest returns the word closest to got, if one is close enough for a typing
// mistake, else "". Of equally close words the first wins.
func nearest(got string, words []string) string {
	best, bestAt := "", limit(got)+1
	for _, w := range words {
		if d := distance(strings.ToLower(got), strings.ToLower(w), bestAt); d < bestAt {
			best, bestAt = w, d
		}
	}
	return best
}

// limit is how many typing mistakes a word of this length may hold.
func limit(word string) int {
	switch n := len(word); {
	case n > suggestMax:
		return -1
	case n <= 3:
		return 1
	case n <= 8:
		return 2
	}
	return 3
}

// distance counts insertions, deletions, substitutions and swaps of neighbours
// (optimal string alignment); it may stop early with stop or more.
func distance(a, b string, stop int) int {
	// Each letter more or less is a mistake by itself.
	if diff := len(a) - len(b); diff >= stop || -diff >= stop {
		return stop
	}
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
