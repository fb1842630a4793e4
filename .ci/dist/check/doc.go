// Package check holds tests alone: what a release consists of is built twice, and
// each part is tried as its users would.
//
// DEVGATE_DIST names a folder with a release that is there already; then nothing is
// built but for the comparison of two runs.
package check
