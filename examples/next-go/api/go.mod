module example.com/next-go/api

go 1.24
