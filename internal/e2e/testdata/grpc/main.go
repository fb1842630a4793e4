// Program grpc is a gRPC server and its client. It has no generated code: its
// messages are the text values of protobuf's well-known types.
//
//	PORT=4001 grpc serve users|orders
//	grpc call localhost:3000
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		err = serve(os.Args[2])
	case len(os.Args) == 3 && os.Args[1] == "call":
		err = call(os.Args[2])
	default:
		err = fmt.Errorf("usage: grpc serve NAME | call ADDRESS")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type text = wrapperspb.StringValue

// server knows the service shop.NAME; any other is unimplemented.
type server struct{ name string }

func serve(name string) error {
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	s := grpc.NewServer()
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "shop." + name,
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			{MethodName: "Get", Handler: get},
			{MethodName: "Later", Handler: later},
		},
		Streams: []grpc.StreamDesc{
			{StreamName: "List", Handler: list, ServerStreams: true},
			{StreamName: "Sum", Handler: sum, ClientStreams: true},
			{StreamName: "Chat", Handler: chat, ServerStreams: true, ClientStreams: true},
		},
	}, &server{name})
	return s.Serve(l)
}

func get(srv any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	in := &text{}
	if err := decode(in); err != nil {
		return nil, err
	}
	if in.Value == "nobody" {
		return nil, status.Error(codes.NotFound, "there is no nobody")
	}
	grpc.SetTrailer(ctx, metadata.Pairs("said-by", srv.(*server).name))
	return wrapperspb.String(srv.(*server).name + " got " + size(in.Value)), nil
}

// size keeps what is printed short.
func size(s string) string {
	if len(s) > 100 {
		return fmt.Sprintf("%d bytes", len(s))
	}
	return s
}

// later is a method that is declared and not written yet, in every server.
func later(any, context.Context, func(any) error, grpc.UnaryServerInterceptor) (any, error) {
	return nil, status.Error(codes.Unimplemented, "not written yet")
}

func list(srv any, s grpc.ServerStream) error {
	in := &text{}
	if err := s.RecvMsg(in); err != nil {
		return err
	}
	for i := range 3 {
		if err := s.SendMsg(wrapperspb.String(fmt.Sprint(srv.(*server).name, " ", in.Value, " ", i))); err != nil {
			return err
		}
	}
	s.SetTrailer(metadata.Pairs("said-by", srv.(*server).name))
	return nil
}

func sum(srv any, s grpc.ServerStream) error {
	for n := 0; ; n++ {
		if err := s.RecvMsg(&text{}); err == io.EOF {
			return s.SendMsg(wrapperspb.String(fmt.Sprint(srv.(*server).name, " counted ", n)))
		} else if err != nil {
			return err
		}
	}
}

// chat answers each message before it reads the next.
func chat(srv any, s grpc.ServerStream) error {
	for {
		in := &text{}
		if err := s.RecvMsg(in); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := s.SendMsg(wrapperspb.String(srv.(*server).name + " heard " + in.Value)); err != nil {
			return err
		}
	}
}

// client prints one line a call.
type client struct {
	conn *grpc.ClientConn
	ctx  context.Context
}

func call(address string) error {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(8<<20)))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	c := client{conn, ctx}
	for _, name := range []string{"users", "orders"} {
		c.get("/shop."+name+"/Get", "ada")
		c.get("/shop."+name+"/Get", "nobody")
		c.get("/shop."+name+"/Get", strings.Repeat("x", 2<<20))
		c.list("/shop." + name + "/List")
		c.sum("/shop." + name + "/Sum")
		c.chat("/shop." + name + "/Chat")
	}
	c.get("/shop.users/Later", "")
	c.get("/shop.orders/Later", "")
	c.get("/shop.products/Get", "")
	return nil
}

func (c client) get(method, what string) {
	out, trailer := &text{}, metadata.MD{}
	err := c.conn.Invoke(c.ctx, method, wrapperspb.String(what), out, grpc.Trailer(&trailer))
	fmt.Printf("%s %s: %s, %s, trailer %s\n", method, size(what), out.Value, said(err), trailer.Get("said-by"))
}

func said(err error) string {
	s := status.Convert(err)
	if s.Code() == codes.OK {
		return "OK"
	}
	return fmt.Sprintf("%s %q", s.Code(), s.Message())
}

func (c client) open(method string) (grpc.ClientStream, error) {
	return c.conn.NewStream(c.ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method)
}

// rest reads to the end of a stream.
func rest(s grpc.ClientStream) (all []string, err error) {
	for {
		out := &text{}
		if err := s.RecvMsg(out); err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, err
		}
		all = append(all, out.Value)
	}
}

func (c client) list(method string) {
	s, err := c.open(method)
	var all []string
	if err == nil {
		s.SendMsg(wrapperspb.String("item"))
		s.CloseSend()
		all, err = rest(s)
	}
	fmt.Printf("%s: %s, %s, trailer %s\n", method, strings.Join(all, "; "), said(err), s.Trailer().Get("said-by"))
}

func (c client) sum(method string) {
	s, err := c.open(method)
	var all []string
	if err == nil {
		for range 200 {
			s.SendMsg(wrapperspb.String(strings.Repeat("y", 10_000)))
		}
		s.CloseSend()
		all, err = rest(s)
	}
	fmt.Printf("%s: %s, %s\n", method, strings.Join(all, "; "), said(err))
}

// chat sends the second message only when the first was answered.
func (c client) chat(method string) {
	s, err := c.open(method)
	var all []string
	for _, word := range []string{"one", "two", "three"} {
		out := &text{}
		if err == nil {
			err = s.SendMsg(wrapperspb.String(word))
		}
		if err == nil {
			err = s.RecvMsg(out)
		}
		all = append(all, out.Value)
	}
	if err == nil {
		s.CloseSend()
		_, err = rest(s)
	}
	fmt.Printf("%s: %s, %s\n", method, strings.Join(all, "; "), said(err))
}
