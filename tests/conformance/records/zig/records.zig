const wit = @import("wit");

const Point = wit.exports_conformance_records_records_point_t;
const Person = wit.exports_conformance_records_records_person_t;
const Points = wit.exports_conformance_records_records_list_point_t;

export fn exports_conformance_records_records_add(a: *Point, b: *Point, ret: *Point) void {
    ret.* = .{ .x = a.x + b.x, .y = a.y + b.y };
}

export fn exports_conformance_records_records_older(person: *Person, ret: *Person) void {
    ret.* = person.*;
    ret.age += 1;
}

export fn exports_conformance_records_records_farthest(points: *Points, ret: *Point) void {
    defer wit.exports_conformance_records_records_list_point_free(points);
    ret.* = points.ptr[0];
    for (points.ptr[1..points.len]) |point| {
        if (distance(point) > distance(ret.*)) ret.* = point;
    }
}

fn distance(point: Point) i32 {
    return point.x * point.x + point.y * point.y;
}
