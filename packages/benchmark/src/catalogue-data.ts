/** Made from catalogue/*.yaml by src/node/embed-catalogue.ts; change those files, not this one. */
import type { BenchmarkDocument } from "./benchmark-document.ts";

export const catalogueData: readonly BenchmarkDocument[] = [
  {
    benchmark: "amos",
    title: "AMOS, abdominal multi-organ segmentation",
    description:
      "Fifteen abdominal organs in 500 CT and 100 MR scans from two hospitals in Shenzhen, several scanners, phases and diseases. Task 1 is CT only; task 2 is CT and MR with one model, one modality per input. Validation labels are public, test labels are withheld; the challenge's test phase took Docker containers. Known quirks of the release: id 500 is used for a CT and for an MR scan, so the modality must not be inferred from ids; several scans may belong to one patient; orientation is not RAS.",
    citation:
      "Y. Ji et al., AMOS: A Large-Scale Abdominal Multi-Organ Benchmark for Versatile Medical Image Segmentation, NeurIPS 2022 Datasets and Benchmarks, arXiv:2206.08023",
    licence_conflicts: [
      {
        says: "CC-BY-SA-4.0",
        source: "dataset.json of the release (verified)",
      },
      {
        says: "CC-BY-4.0",
        source: "Zenodo record (secondary)",
      },
      {
        says: "CC BY-NC, version cut off",
        source: "OpenReview page of the paper (verified)",
      },
    ],
    homepage: "https://amos22.grand-challenge.org",
    tasks: [
      {
        id: "task1-ct",
        title: "Task 1, abdominal organs in CT",
        description:
          "CT only. Submissions must hold exactly the cases of the phase: 100 in the validation phase, otherwise they are not scored.",
        data: {
          format: "amos",
          path: "./amos22",
        },
        channels: ["CT"],
        labels: {
          background: 0,
          spleen: 1,
          "right kidney": 2,
          "left kidney": 3,
          "gall bladder": 4,
          esophagus: 5,
          liver: 6,
          stomach: 7,
          aorta: 8,
          postcava: 9,
          pancreas: 10,
          "right adrenal gland": 11,
          "left adrenal gland": 12,
          duodenum: 13,
          bladder: 14,
          "prostate/uterus": 15,
        },
        regions: {
          spleen: [1],
          "right kidney": [2],
          "left kidney": [3],
          "gall bladder": [4],
          esophagus: [5],
          liver: [6],
          stomach: [7],
          aorta: [8],
          postcava: [9],
          pancreas: [10],
          "right adrenal gland": [11],
          "left adrenal gland": [12],
          duodenum: [13],
          bladder: [14],
          "prostate/uterus": [15],
        },
        tolerance_mm: 1,
        file_prefix: "amos_",
        counts: {
          training: 200,
          validation: 100,
          test: null,
        },
        modality: "CT",
        archive: {
          name: "amos22.zip",
          bytes: null,
          md5: "67717b2a483ac0744c89c3016b7aaef7",
          sha256: "d2fbf2c31abba9824d183f05741ce187b17905b8cca64d1078eabf1ba96775c2",
          urls: ["https://zenodo.org/records/7155725/files/amos22.zip"],
        },
        label_aliases: {
          aorta: ["arota"],
          postcava: ["inferior vena cava"],
        },
        distribution_by: ["Site", "Manufacturer's Model Name"],
        sources: {
          channels: {
            mark: "verified",
            source: "amos22.grand-challenge.org: one modality per input",
          },
          labels: {
            mark: "verified",
            source: "dataset.json of the release, as quoted by several repositories; its arota is written aorta here",
          },
          regions: {
            mark: "verified",
            source: "amos22.grand-challenge.org, Evaluation: every label by itself",
          },
          tolerance_mm: {
            mark: "assumed",
            source:
              "The evaluation page states no tolerance and its script was not found; SegEvalKit also defaults to 1 mm and marks it unverified",
          },
          file_prefix: {
            mark: "verified",
            source: "readme.md of the release",
          },
          counts: {
            mark: "verified",
            source: "amos22.grand-challenge.org; sources contradict each other on the test set, so it is left open",
          },
          distribution_by: {
            mark: "assumed",
            source: "The paper's test groups are said to follow site and scanner; the groups themselves were not found",
          },
          "archive.md5": {
            mark: "secondary",
            source: "Public download scripts that quote the Zenodo record",
          },
          "archive.sha256": {
            mark: "secondary",
            source: "torch_em, torch_em/data/datasets/amos.py",
          },
          "archive.urls": {
            mark: "secondary",
            source: "torch_em, torch_em/data/datasets/amos.py",
          },
        },
      },
      {
        id: "task2-ct-mr",
        title: "Task 2, abdominal organs in CT and MR",
        description:
          "CT and MR with one model. Submissions must hold exactly the cases of the phase: 120 in the validation phase, otherwise they are not scored.",
        data: {
          format: "amos",
          path: "./amos22",
        },
        channels: ["CT or MR"],
        labels: {
          background: 0,
          spleen: 1,
          "right kidney": 2,
          "left kidney": 3,
          "gall bladder": 4,
          esophagus: 5,
          liver: 6,
          stomach: 7,
          aorta: 8,
          postcava: 9,
          pancreas: 10,
          "right adrenal gland": 11,
          "left adrenal gland": 12,
          duodenum: 13,
          bladder: 14,
          "prostate/uterus": 15,
        },
        regions: {
          spleen: [1],
          "right kidney": [2],
          "left kidney": [3],
          "gall bladder": [4],
          esophagus: [5],
          liver: [6],
          stomach: [7],
          aorta: [8],
          postcava: [9],
          pancreas: [10],
          "right adrenal gland": [11],
          "left adrenal gland": [12],
          duodenum: [13],
          bladder: [14],
          "prostate/uterus": [15],
        },
        tolerance_mm: 1,
        file_prefix: "amos_",
        counts: {
          training: 240,
          validation: 120,
          test: null,
        },
        modality: "CT, MR",
        archive: {
          name: "amos22.zip",
          bytes: null,
          md5: "67717b2a483ac0744c89c3016b7aaef7",
          sha256: "d2fbf2c31abba9824d183f05741ce187b17905b8cca64d1078eabf1ba96775c2",
          urls: ["https://zenodo.org/records/7155725/files/amos22.zip"],
        },
        label_aliases: {
          aorta: ["arota"],
          postcava: ["inferior vena cava"],
        },
        distribution_by: ["Site", "Manufacturer's Model Name"],
        sources: {
          channels: {
            mark: "verified",
            source: "amos22.grand-challenge.org: one modality per input",
          },
          labels: {
            mark: "verified",
            source: "dataset.json of the release, as quoted by several repositories; its arota is written aorta here",
          },
          regions: {
            mark: "verified",
            source: "amos22.grand-challenge.org, Evaluation: every label by itself",
          },
          tolerance_mm: {
            mark: "assumed",
            source:
              "The evaluation page states no tolerance and its script was not found; SegEvalKit also defaults to 1 mm and marks it unverified",
          },
          file_prefix: {
            mark: "verified",
            source: "readme.md of the release",
          },
          counts: {
            mark: "verified",
            source:
              "amos22.grand-challenge.org; sources contradict each other on the test set (240 or 120 or 140), so it is left open",
          },
          distribution_by: {
            mark: "assumed",
            source: "The paper's test groups are said to follow site and scanner; the groups themselves were not found",
          },
          "archive.md5": {
            mark: "secondary",
            source: "Public download scripts that quote the Zenodo record",
          },
          "archive.sha256": {
            mark: "secondary",
            source: "torch_em, torch_em/data/datasets/amos.py",
          },
          "archive.urls": {
            mark: "secondary",
            source: "torch_em, torch_em/data/datasets/amos.py",
          },
        },
      },
    ],
    protocol: {
      profile: "deepmind",
      metrics: ["dice", "nsd"],
      policy: {
        both_empty: "best",
        one_empty: "worst",
        missing_prediction: "reject",
        worst: {
          dice: 0,
          nsd: 0,
        },
      },
      ranking: {
        scheme: "amos-2022-validation",
      },
      sources: {
        profile: {
          mark: "assumed",
          source: "The evaluation page says DSC and NSD; its script was not found",
        },
        metrics: {
          mark: "verified",
          source: "amos22.grand-challenge.org, Evaluation",
        },
        "policy.both_empty": {
          mark: "assumed",
          source: "The rule for an organ that is absent on both sides was not found",
        },
        "policy.one_empty": {
          mark: "assumed",
          source:
            "The rule for an organ that is absent on one side was not found; Dice and NSD are 0 there by definition",
        },
        "policy.missing_prediction": {
          mark: "verified",
          source: "amos22.grand-challenge.org, Evaluation: files must match one to one, otherwise invalid and no score",
        },
        "policy.worst": {
          mark: "verified",
          source: "By definition the smallest values of Dice and NSD",
        },
        "ranking.scheme": {
          mark: "verified",
          source:
            "amos22.grand-challenge.org, Evaluation, validation phase: mean over labels and cases per metric, teams ranked on both averages",
        },
      },
    },
    phases: [
      {
        id: "validation-task1",
        title: "Validation phase, task 1",
        tasks: ["task1-ct"],
        split: "public",
        feedback: "aggregate",
        quota: {
          per_day: 3,
        },
        absent_task: "reject",
        sources: {
          quota: {
            mark: "verified",
            source: "amos22.grand-challenge.org, Evaluation",
          },
          absent_task: {
            mark: "verified",
            source: "The phase has one task",
          },
        },
      },
      {
        id: "validation-task2",
        title: "Validation phase, task 2",
        tasks: ["task2-ct-mr"],
        split: "public",
        feedback: "aggregate",
        quota: {
          per_day: 3,
        },
        absent_task: "reject",
        sources: {
          quota: {
            mark: "verified",
            source: "amos22.grand-challenge.org, Evaluation",
          },
          absent_task: {
            mark: "verified",
            source: "The phase has one task",
          },
        },
      },
    ],
  },
  {
    benchmark: "msd",
    title: "Medical Segmentation Decathlon",
    description:
      "Ten tasks, one protocol: an algorithm that is good at all of them without being tuned by hand to any. Held in 2018 with a development phase of seven tasks and a mystery phase of three; open as a rolling leaderboard since. Test labels are withheld. Counts are those of the files, which differ from the paper's for Task04 (263/131), Task06 (64/32) and Task07 (282/139).",
    citation:
      "M. Antonelli et al., The Medical Segmentation Decathlon, Nature Communications 13, 4128 (2022); A. L. Simpson et al., A large annotated medical image dataset for the development and evaluation of segmentation algorithms, arXiv:1902.09063 (2019)",
    licence: "CC-BY-SA-4.0",
    homepage: "http://medicaldecathlon.com",
    tasks: [
      {
        id: "Task01_BrainTumour",
        title: "Brain tumour",
        description:
          "Complex and heterogeneously-located targets. Source: BRATS 2016 and 2017. Label values differ from those of BraTS: map by name.",
        data: {
          format: "msd",
          path: "./Task01_BrainTumour",
        },
        channels: ["FLAIR", "T1w", "t1gd", "T2w"],
        labels: {
          background: 0,
          edema: 1,
          "non-enhancing tumor": 2,
          "enhancing tumour": 3,
        },
        regions: {
          edema: [1],
          "non-enhancing tumor": [2],
          "enhancing tumour": [3],
        },
        tolerance_mm: 5,
        file_prefix: "BRATS_",
        counts: {
          training: 484,
          validation: null,
          test: 266,
        },
        modality: "MR",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task01_BrainTumour.tar",
          bytes: null,
          md5: "240a19d752f0d9e9101544901065d872",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task01_BrainTumour.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task01_BrainTumour.tar",
          ],
        },
        sources: {
          channels: {
            mark: "verified",
            source: "nnU-Net documentation of Task01",
          },
          labels: {
            mark: "verified",
            source: "nnU-Net documentation of Task01",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task02_Heart",
        title: "Left atrium",
        description: "Small training dataset with large variability. Source: King's College London.",
        data: {
          format: "msd",
          path: "./Task02_Heart",
        },
        channels: ["MRI"],
        labels: {
          background: 0,
          "left atrium": 1,
        },
        regions: {
          "left atrium": [1],
        },
        tolerance_mm: 4,
        file_prefix: "la_",
        counts: {
          training: 20,
          validation: null,
          test: 10,
        },
        modality: "MR",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task02_Heart.tar",
          bytes: null,
          md5: "06ee59366e1e5124267b774dbd654057",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task02_Heart.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task02_Heart.tar",
          ],
        },
        sources: {
          channels: {
            mark: "verified",
            source: "nnU-Net documentation of Task02",
          },
          labels: {
            mark: "verified",
            source: "nnU-Net documentation of Task02",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task03_Liver",
        title: "Liver and tumour",
        description:
          "Label unbalance with a large (liver) and small (tumour) target. Source: IRCAD Hôpitaux Universitaires (LiTS 2017). Label 1 is the liver without its tumours.",
        data: {
          format: "msd",
          path: "./Task03_Liver",
        },
        channels: ["CT"],
        labels: {
          background: 0,
          liver: 1,
          cancer: 2,
        },
        regions: {
          liver: [1],
          cancer: [2],
        },
        tolerance_mm: 7,
        file_prefix: "liver_",
        counts: {
          training: 131,
          validation: null,
          test: 70,
        },
        modality: "CT",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task03_Liver.tar",
          bytes: null,
          md5: "a90ec6c4aa7f6a3d087205e23d4e6397",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task03_Liver.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task03_Liver.tar",
          ],
        },
        sources: {
          channels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          labels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task04_Hippocampus",
        title: "Hippocampus head and body",
        description:
          "Segmenting two neighbouring small structures with high precision. Source: Vanderbilt University Medical Center. Crops; a subject may give two, so an id is not a patient.",
        data: {
          format: "msd",
          path: "./Task04_Hippocampus",
        },
        channels: ["MRI"],
        labels: {
          background: 0,
          Anterior: 1,
          Posterior: 2,
        },
        regions: {
          Anterior: [1],
          Posterior: [2],
        },
        tolerance_mm: 1,
        file_prefix: "hippocampus_",
        counts: {
          training: 260,
          validation: null,
          test: 130,
        },
        modality: "MR",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task04_Hippocampus.tar",
          bytes: null,
          md5: "9d24dba78a72977dbd1d2e110310f31b",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task04_Hippocampus.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task04_Hippocampus.tar",
          ],
        },
        sources: {
          channels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          labels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task05_Prostate",
        title: "Prostate zones",
        description:
          "Segmenting two adjoint regions with large inter-subject variations. Source: Radboud University, Nijmegen Medical Centre.",
        data: {
          format: "msd",
          path: "./Task05_Prostate",
        },
        channels: ["T2", "ADC"],
        labels: {
          background: 0,
          PZ: 1,
          TZ: 2,
        },
        regions: {
          PZ: [1],
          TZ: [2],
        },
        tolerance_mm: 4,
        file_prefix: "prostate_",
        counts: {
          training: 32,
          validation: null,
          test: 16,
        },
        modality: "MR",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task05_Prostate.tar",
          bytes: null,
          md5: "35138f08b1efaef89d7424d2bcc928db",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task05_Prostate.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task05_Prostate.tar",
          ],
        },
        sources: {
          channels: {
            mark: "verified",
            source: "dataset.json of Task05_Prostate",
          },
          labels: {
            mark: "verified",
            source: "dataset.json of Task05_Prostate",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "verified",
            source: "dataset.json of Task05_Prostate",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task06_Lung",
        title: "Lung tumour",
        description: "Segmentation of a small target (cancer) in a large image. Source: The Cancer Imaging Archive.",
        data: {
          format: "msd",
          path: "./Task06_Lung",
        },
        channels: ["CT"],
        labels: {
          background: 0,
          cancer: 1,
        },
        regions: {
          cancer: [1],
        },
        tolerance_mm: 2,
        file_prefix: "lung_",
        counts: {
          training: 63,
          validation: null,
          test: 32,
        },
        modality: "CT",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task06_Lung.tar",
          bytes: null,
          md5: "8afd997733c7fc0432f71255ba4e52dc",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task06_Lung.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task06_Lung.tar",
          ],
        },
        sources: {
          channels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          labels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task07_Pancreas",
        title: "Pancreas and mass",
        description:
          "Label unbalance with large (background), medium (pancreas) and small (tumour) structures. Source: Memorial Sloan Kettering Cancer Center.",
        data: {
          format: "msd",
          path: "./Task07_Pancreas",
        },
        channels: ["CT"],
        labels: {
          background: 0,
          pancreas: 1,
          cancer: 2,
        },
        regions: {
          pancreas: [1],
          cancer: [2],
        },
        tolerance_mm: 5,
        file_prefix: "pancreas_",
        counts: {
          training: 281,
          validation: null,
          test: 139,
        },
        modality: "CT",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task07_Pancreas.tar",
          bytes: 12289971712,
          md5: "4f7080cfca169fa8066d17ce6eb061e4",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task07_Pancreas.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task07_Pancreas.tar",
          ],
        },
        sources: {
          channels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          labels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
          "archive.bytes": {
            mark: "secondary",
            source: "SegEvalKit's dataset survey",
          },
        },
      },
      {
        id: "Task08_HepaticVessel",
        title: "Hepatic vessels and tumour",
        description:
          "Tubular small structures next to heterogeneous tumour. Source: Memorial Sloan Kettering Cancer Center.",
        data: {
          format: "msd",
          path: "./Task08_HepaticVessel",
        },
        channels: ["CT"],
        labels: {
          background: 0,
          Vessel: 1,
          Tumour: 2,
        },
        regions: {
          Vessel: [1],
          Tumour: [2],
        },
        tolerance_mm: 3,
        file_prefix: "hepaticvessel_",
        counts: {
          training: 303,
          validation: null,
          test: 140,
        },
        modality: "CT",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task08_HepaticVessel.tar",
          bytes: null,
          md5: "641d79e80ec66453921d997fbf12a29c",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task08_HepaticVessel.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task08_HepaticVessel.tar",
          ],
        },
        sources: {
          channels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          labels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task09_Spleen",
        title: "Spleen",
        description: "Large-ranging foreground size. Source: Memorial Sloan Kettering Cancer Center.",
        data: {
          format: "msd",
          path: "./Task09_Spleen",
        },
        channels: ["CT"],
        labels: {
          background: 0,
          spleen: 1,
        },
        regions: {
          spleen: [1],
        },
        tolerance_mm: 3,
        file_prefix: "spleen_",
        counts: {
          training: 41,
          validation: null,
          test: 20,
        },
        modality: "CT",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task09_Spleen.tar",
          bytes: null,
          md5: "410d4a301da4e5b2f6f86ec3ddba524e",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task09_Spleen.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task09_Spleen.tar",
          ],
        },
        sources: {
          channels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          labels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
      {
        id: "Task10_Colon",
        title: "Colon cancer primaries",
        description:
          "Heterogeneous appearance. Source: Memorial Sloan Kettering Cancer Center. Label maps may be stored as float32.",
        data: {
          format: "msd",
          path: "./Task10_Colon",
        },
        channels: ["CT"],
        labels: {
          background: 0,
          "colon cancer primaries": 1,
        },
        regions: {
          "colon cancer primaries": [1],
        },
        tolerance_mm: 4,
        file_prefix: "colon_",
        counts: {
          training: 126,
          validation: null,
          test: 64,
        },
        modality: "CT",
        licence: "CC-BY-SA-4.0",
        archive: {
          name: "Task10_Colon.tar",
          bytes: null,
          md5: "bad7a188931dc2f6acf72b08eb6202d0",
          urls: [
            "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task10_Colon.tar",
            "https://msd-for-monai-eu.s3.eu-west-2.amazonaws.com/Task10_Colon.tar",
          ],
        },
        sources: {
          channels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          labels: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          regions: {
            mark: "secondary",
            source: "Public R analysis of the challenge results: one region per label value, no nested unions",
          },
          tolerance_mm: {
            mark: "secondary",
            source:
              "SegEvalKit's dataset survey and presets, citing Nature Communications 13, 4128 (2022); one per task, for all its labels",
          },
          file_prefix: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          counts: {
            mark: "secondary",
            source: "SegEvalKit's dataset survey, read from dataset.json in the archives",
          },
          "archive.md5": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py",
          },
          "archive.urls": {
            mark: "verified",
            source: "MONAI, monai/apps/datasets.py (the European mirror: AWS open data registry, entry msd)",
          },
        },
      },
    ],
    protocol: {
      profile: "deepmind",
      metrics: ["dice", "nsd"],
      policy: {
        both_empty: "best",
        one_empty: "worst",
        missing_prediction: "worst",
        worst: {
          dice: 0,
          nsd: 0,
        },
      },
      ranking: {
        scheme: "msd-2018",
        alpha: 0.05,
      },
      sources: {
        profile: {
          mark: "verified",
          source:
            "Surface_distance_based_measures.ipynb on medicaldecathlon.com, the ancestor of google-deepmind/surface-distance",
        },
        metrics: {
          mark: "verified",
          source: "medicaldecathlon.com and decathlon-10.grand-challenge.org",
        },
        "policy.both_empty": {
          mark: "assumed",
          source: "The challenge's rule for a region that is absent on both sides was not found",
        },
        "policy.one_empty": {
          mark: "assumed",
          source:
            "The rule for a region that is absent on one side was not read in a primary source; Dice and NSD are 0 there by definition",
        },
        "policy.missing_prediction": {
          mark: "assumed",
          source: "The rule for a missing file was not read in a primary source",
        },
        "policy.worst": {
          mark: "verified",
          source: "By definition the smallest values of Dice and NSD",
        },
        "ranking.scheme": {
          mark: "secondary",
          source: "challengeR 1.0.5, testThenRank, by the challenge's statisticians",
        },
        "ranking.alpha": {
          mark: "secondary",
          source: "challengeR 1.0.5, testThenRank",
        },
      },
    },
    phases: [
      {
        id: "development",
        title: "Phase 1, seven known tasks",
        tasks: [
          "Task01_BrainTumour",
          "Task02_Heart",
          "Task03_Liver",
          "Task04_Hippocampus",
          "Task05_Prostate",
          "Task06_Lung",
          "Task07_Pancreas",
        ],
        split: "private",
        feedback: "aggregate",
        quota: {
          per_day: 1,
          total: 15,
        },
        absent_task: "reject",
        sources: {
          tasks: {
            mark: "verified",
            source: "medicaldecathlon.com",
          },
          quota: {
            mark: "verified",
            source: "decathlon-10.grand-challenge.org, rules of the rolling leaderboard",
          },
          absent_task: {
            mark: "assumed",
            source: "The rule for a task that a submission lacks was not found",
          },
        },
      },
      {
        id: "mystery",
        title: "Phase 2, three unseen tasks",
        tasks: ["Task08_HepaticVessel", "Task09_Spleen", "Task10_Colon"],
        split: "private",
        feedback: "aggregate",
        quota: {
          per_day: 1,
          total: 15,
        },
        absent_task: "reject",
        sources: {
          tasks: {
            mark: "verified",
            source: "medicaldecathlon.com",
          },
          quota: {
            mark: "verified",
            source: "decathlon-10.grand-challenge.org, rules of the rolling leaderboard",
          },
          absent_task: {
            mark: "assumed",
            source: "The rule for a task that a submission lacks was not found",
          },
        },
      },
    ],
    sources: {
      licence: {
        mark: "verified",
        source: "dataset.json of Task05_Prostate; the other tasks: SegEvalKit's dataset survey",
      },
    },
  },
];
