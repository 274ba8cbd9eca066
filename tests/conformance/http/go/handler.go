package export_wasi_http_incoming_handler

import (
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	http "wit_component/wasi_http_types"
)

func Handle(request *http.IncomingRequest, out *http.ResponseOutparam) {
	path := request.PathWithQuery().SomeOr("")
	route, _, _ := strings.Cut(path, "?")
	switch method := request.Method().Tag(); {
	case method == http.MethodGet && route == "/hello":
		answer(out, 200, []uint8("GET "+path+"\n"))
	case method == http.MethodPost && route == "/echo":
		answer(out, 201, body(request))
	default:
		answer(out, 404, nil)
	}
}

func body(request *http.IncomingRequest) []uint8 {
	incoming := request.Consume().Ok()
	defer incoming.Drop()
	stream := incoming.Stream().Ok()
	defer stream.Drop()
	var all []uint8
	for {
		read := stream.BlockingRead(4096)
		if read.IsErr() {
			return all
		}
		all = append(all, read.Ok()...)
	}
}

func answer(out *http.ResponseOutparam, status uint16, content []uint8) {
	headers := http.MakeFields()
	headers.Set("content-type", [][]uint8{[]uint8("text/plain")})
	response := http.MakeOutgoingResponse(headers)
	response.SetStatusCode(status)
	body := response.Body().Ok()
	http.ResponseOutparamSet(out, Ok[*http.OutgoingResponse, http.ErrorCode](response))
	stream := body.Write().Ok()
	if len(content) > 0 {
		stream.BlockingWriteAndFlush(content)
	}
	stream.Drop()
	http.OutgoingBodyFinish(body, None[*http.Fields]())
}
