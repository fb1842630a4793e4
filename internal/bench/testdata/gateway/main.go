// Program gateway is what BenchmarkGateway measures against.
//
//	PORT=4001 gateway backend a    a backend that knows the paths below /a/
//	gateway chain PORT A B C       the tuned chain of httputil.ReverseProxy
package main

import (
	"fmt"
	"os"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "backend":
		err = backend("127.0.0.1:"+os.Getenv("PORT"), "/"+os.Args[2]+"/")
	case len(os.Args) > 3 && os.Args[1] == "chain":
		err = chain("127.0.0.1:"+os.Args[2], os.Args[3:])
	default:
		err = fmt.Errorf("usage: gateway backend NAME | gateway chain PORT BACKEND...")
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
