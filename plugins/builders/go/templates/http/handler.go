// Package handler answers HTTP requests.
package handler

import (
	types "go.bytecodealliance.org/pkg/wit/types"
	http "wit_component/wasi_http_types"
)

// Handle answers one request.
func Handle(request *http.IncomingRequest, out *http.ResponseOutparam) {
	path := request.PathWithQuery().SomeOr("/")
	answer(out, 200, "Hello from "+path+"!\n")
}

func answer(out *http.ResponseOutparam, status uint16, text string) {
	headers := http.MakeFields()
	headers.Set("content-type", [][]uint8{[]uint8("text/plain; charset=utf-8")})
	response := http.MakeOutgoingResponse(headers)
	response.SetStatusCode(status)
	body := response.Body().Ok()
	http.ResponseOutparamSet(out, types.Ok[*http.OutgoingResponse, http.ErrorCode](response))

	stream := body.Write().Ok()
	stream.BlockingWriteAndFlush([]uint8(text))
	stream.Drop()
	http.OutgoingBodyFinish(body, types.None[*http.Fields]())
}
